package match

// commonText is what nearly all traffic holds: the grams in it are bad ones to look for, however rare their letters are.
const commonText = `GET / HTTP/1.1
POST / HTTP/1.1
HTTP/1.1 200 OK
HTTP/1.1 404 Not Found
HTTP/1.0 302 Found
Host: www.
Connection: keep-alive
Connection: close
Cache-Control: max-age=0, no-cache, no-store, must-revalidate, private, public
Upgrade-Insecure-Requests: 1
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Gecko/20100101 Firefox/121.0
Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; .NET CLR 2.0.50727)
Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Mobile/15E148
Mozilla/5.0 (Linux; Android 13; Dalvik/2.1.0
curl/7.88 Wget/1.21 python-requests/2.31 Go-http-client/1.1 okhttp/4.9
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
Accept-Encoding: gzip, deflate, br
Accept-Language: en-US,en;q=0.5
Accept-Ranges: bytes
Accept-Charset: utf-8
Referer: http://www.
Referer: https://www.google.com/
Cookie: PHPSESSID=
Set-Cookie: path=/; domain=; expires= GMT; HttpOnly; Secure; SameSite=
Content-Type: text/html; charset=UTF-8
Content-Type: application/x-www-form-urlencoded
Content-Type: application/octet-stream
Content-Type: application/json
Content-Type: text/plain
Content-Type: text/css
Content-Type: text/javascript application/javascript
Content-Type: image/gif image/png image/jpeg
Content-Type: multipart/form-data; boundary=
Content-Disposition: form-data; name="file"; filename="
Content-Length: 
Content-Encoding: gzip
Content-Language: 
Transfer-Encoding: chunked
Last-Modified: Mon, 01 Jan 2020 00:00:00 GMT
If-Modified-Since: If-None-Match: 
Date: Tue, Wed, Thu, Fri, Sat, Sun, Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec 2023 2024 2025 GMT
ETag: Expires: Server: Apache nginx Microsoft-IIS/ Vary: Accept-Encoding Pragma: no-cache Location: http://
X-Powered-By: PHP/ ASP.NET X-Requested-With: XMLHttpRequest X-Frame-Options: SAMEORIGIN X-Content-Type-Options: nosniff
X-Forwarded-For: Via: Age: Origin: Authorization: Basic Bearer Keep-Alive: timeout=5, max=100
Sec-Fetch-Site: Sec-Fetch-Mode: navigate Sec-Fetch-Dest: document
Strict-Transport-Security: max-age=31536000; includeSubDomains
Access-Control-Allow-Origin: *
.com .net .org .info .co.uk .ru .cn .de .top .xyz .io www. mail. .in-addr.arpa
.php? .html .htm .asp .aspx .jsp .cgi .js .css .png .jpg .gif .exe .zip .txt .xml .json .ico /index.php /images/ /wp-content/ /cgi-bin/
?id= &id= &type= =1& =0& &action= &name= &user= &pass= password= username= email= login admin upload download update search
http:// https:// http://www. https://www.
<html><head><title></title></head><body></body></html><div class="" id=""></div><a href="http"></a><img src=""><script type="text/javascript"></script><link rel="stylesheet"><meta name="" content=""><span style=""><table><tr><td width="" height="" border="0" align="center"><br /><p><input type="hidden" name="" value="">
function return var this document window.location.href false true null undefined prototype length getElementById
<?xml version="1.0" encoding="UTF-8"?>
This program cannot be run in DOS mode.
US1 California1 San Francisco1 DigiCert Inc1 Let's Encrypt1 www.digicert.com http://ocsp. http://crl. .crl0 US, Inc.
SMTP EHLO MAIL FROM:<> RCPT TO:<> DATA Subject: From: To: Message-ID: MIME-Version: 1.0 Content-Transfer-Encoding: base64 quoted-printable Received: from by with ESMTP
SSH-2.0-OpenSSH_ diffie-hellman-group-exchange-sha256 ssh-rsa aes128-ctr hmac-sha1`
