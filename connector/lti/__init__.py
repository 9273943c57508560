"""LTI 1.3, tool side: decisions about logins, launches and visits, without network, database or framework.

``oidc.begin_login`` answers a login initiation, ``verify.verify_launch`` judges the message that comes back,
``visit`` carries what a Launch leaves, ``codes.REFUSALS`` says what each refusal means. The world is reached through
``ports``. Paragraphs are those of the 1EdTech Security Framework 1.1 ("Security"), LTI Core 1.3 ("Core") and OpenID
Connect Core 1.0 ("OIDC").
"""
