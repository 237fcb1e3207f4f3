package main

import "strings"

// post is a text of about 2 KB as vendors write them: prose, then a list of
// defanged indicators. All values are invented.
var post = strings.TrimSpace(`
Invoice lures drop a new loader in the Alps

Since Monday we see mails that pretend to come from a freight company. The attachment is a OneNote file; a click on the
"open" picture starts a script that fetches the loader from hxxps://cdn.freight-label-check[.]top/static/label.png and writes it to
the user's temporary folder. The loader asks 45.153.240[.]17 and, when it gets no answer, 185.225.69[.]211:8443 for a second stage.

What is new is the check for a sandbox: the loader reads the number of recent documents and leaves when there are fewer than
ten. It also looks for the processes of three common debuggers. We saw no lateral movement so far; the second stage steals browser
profiles and sends them by HTTP POST to hxxp://panel-7f3k[.]xyz/api/gate.php. Mails were sent from billing@freight-label-check[.]top and
from a few hacked mailboxes. The exploit for CVE-2023-36884 that others reported with this group is not part of this wave.

Indicators of compromise

freight-label-check[.]top
cdn.freight-label-check[.]top
panel-7f3k[.]xyz
update-mirror-91[.]site
45.153.240[.]17
185.225.69[.]211
91.92.251[.]140
hxxps://cdn.freight-label-check[.]top/static/label.png
hxxps://update-mirror-91[.]site/dl/stage2.bin
hxxp://panel-7f3k[.]xyz/api/gate.php
SHA-256
9b1f0c6a5d2e4f7788a1b2c3d4e5f60718293a4b5c6d7e8f9091a2b3c4d5e6f7
2c8d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f
f0e1d2c3b4a5968778695a4b3c2d1e0f00112233445566778899aabbccddeeff
MD5
5d41402abc4b2a76b9719d911017c592
7d793037a0760186574b0282f2f435e7

Hunting: look for OneNote starting wscript.exe, for files named label.png that begin with MZ, and for the mutex Global\FLC-2291.
We reported the hosting to the provider. Readers who meet other samples are welcome to send them to the desk.
`)
