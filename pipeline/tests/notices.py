"""Delivery reports and notices as mail servers write them, about a mail of ours."""

OURS = "<0f3ac1d2@busybee.example>"
LOST = "kim@customer.example"
PROSE = "Your message could not be delivered to one or more recipients."
STATUS = """\
Reporting-MTA: dns; mx.relay.example

Final-Recipient: rfc822; {lost}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: smtp; 550 {status}
 <{lost}>: Recipient address rejected: no such user
"""
ORIGINAL = """\
Return-Path: <quote@busybee.example>
From: quote@busybee.example
To: {lost}
Subject: Quotation
Message-ID: {ours}
References: <first@customer.example>

Dear Kim, your 40ft container is delayed. 5.9.9
"""


def report(
    action: str = "failed",
    status: str = "5.1.1",
    *,
    ours: str = OURS,
    original: str = "message/rfc822",
    sender: str = "MAILER-DAEMON@mx.relay.example",
    kind: str = "report",
    prose: str = PROSE,
    status_type: str = "message/delivery-status",
) -> bytes:
    """A report of RFC 3464; without `original` it gives nothing back but names what it answers."""
    told = STATUS.format(action=action, status=status, lost=LOST)
    parts = [("text/plain; charset=utf-8", prose), (status_type, told)]
    if original:
        parts.append((original, ORIGINAL.format(ours=ours, lost=LOST)))
    body = "".join(f"--b\nContent-Type: {name}\n\n{text}\n" for name, text in parts)
    head = f'Content-Type: multipart/{kind}; report-type=delivery-status; boundary="b"\n'
    head += "" if original else f"In-Reply-To: {ours}\n"
    return _mail(head, f"{body}--b--\n", sender, "Undelivered Mail Returned to Sender")


def in_words(
    text: str, *, subject: str = "failure notice", sender: str = "MAILER-DAEMON@mx.relay.example"
) -> bytes:
    """A notice in plain words."""
    head = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return _mail(head, text, sender, subject)


def _mail(head: str, body: str, sender: str, subject: str) -> bytes:
    return (
        f"From: {sender}\nTo: quote@busybee.example\nSubject: {subject}\n"
        f"Message-ID: <notice@mx.relay.example>\nMIME-Version: 1.0\n{head}\n{body}"
    ).encode()


QUOTED = ORIGINAL.format(ours=OURS, lost=LOST)
QMAIL = f"""\
Hi. This is the program that carries mail at mx.relay.example.
I'm afraid I wasn't able to hand your message over.
This is a permanent error; I've given up. Sorry it didn't work out.

<{LOST}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown

--- Below this line is a copy of the message.

{QUOTED}"""
NAVER = f"""\
메일 전송 실패 안내

보내신 메일이 아래의 이유로 전송되지 못했습니다.
받는 사람: {LOST}
실패 이유: 존재하지 않는 계정입니다. (550 5.1.1)

----- 원본 메일 -----
{QUOTED}"""
DAUM = f"""\
회원님이 보낸 메일이 반송되었습니다.
수신자 주소를 찾을 수 없습니다.

> Received: from relay.example
> Message-ID: {OURS}
"""
EXCHANGE = f"""\
Delivery has failed to these recipients or groups:
{LOST}
The address you entered was not found.

Original message headers:
Received: from relay.example by mx.customer.example
Message-ID: {OURS}
"""
JAPANESE = f"""\
次の宛先にメールを配信できませんでした。
{LOST}

元のメッセージ
Message-ID: {OURS}
"""
SLOW = f"""\
This is a warning message only. You do not need to resend your message.
Delivery to {LOST} has been delayed: 451 4.4.1 no answer.

Message-ID: {OURS}
"""
NAVER_SLOW = f"""\
메일 전송이 지연되고 있습니다. 상대 서버가 응답하지 않아 다시 시도할 예정입니다.

Message-ID: {OURS}
"""
