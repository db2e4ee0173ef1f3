"""What every test stands on: real databases, a real browser, a real mail server."""

PASSWORD = "correct horse battery staple"
