"""What people might write to do harm, or simply write."""

from __future__ import annotations

HOSTILE = {
    "script": "<script>document.title='owned'</script>",
    "image": "<img src=x onerror=\"document.title='owned'\">",
    "svg": "<svg onload=\"document.title='owned'\"><a href=\"javascript:void 'owned'\">x</a>",
    "markup": "</div></li></ol></main><h1>Consola cerrada</h1><form action='https://evil.example'>",
    "attribute": '" onmouseover="document.title=\'owned\'" x="',
    "template": "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "htmx": "<div hx-get='/logout' hx-trigger='load'>x</div>",
    "link": "https://evil.example/login?next=/conversations javascript:alert(1)",
    "entity": "&lt;b&gt;&amp;amp; &#x3C;script&#x3E;",
    "turned round": "\u202etxt.exe\u202c \u2067abc\u2069 \u200fשלום",
    "unseen": "per\u200bso\u200cna\u200d \u2060\ufeff\u00ad",
    "null and escape": "a\u0001b\u001b[31mc\u007f\u0085d",
    "a mile long": "MaríaGuadalupe" * 400,
    "many lines": "línea\n" * 300,
    "heaped accents": "Z" + "\u0351\u0363\u0310\u0324" * 200 + "algo",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇲🇽" * 300,
    "wide": "﷽" * 200 + "𒐫" * 50,
    "arabic": "مرحبا بالعالم " * 40,
}
