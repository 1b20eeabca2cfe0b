"""Language names for MP4 tracks, which know only the three-letter codes of ISO 639-2/T."""

from __future__ import annotations

UNDETERMINED = "und"

_CODES = (
    "af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng "
    "eo:epo es:spa et:est eu:eus fa:fas fi:fin fil:fil fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun "
    "hy:hye id:ind is:isl it:ita ja:jpn jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kur ky:kir la:lat lt:lit "
    "lv:lav mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nob ne:nep nl:nld nn:nno no:nor pa:pan pl:pol "
    "pt:por ro:ron ru:rus si:sin sk:slk sl:slv sq:sqi sr:srp su:sun sv:swe sw:swa ta:tam te:tel th:tha tr:tur "
    "uk:ukr ur:urd uz:uzb vi:vie yue:yue zh:zho zu:zul"
)


def three_letters(tag: str) -> str:
    """The ISO 639-2/T code for a BCP-47 tag (`en-GB` is `eng`); `und` for one that is not in the table."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():
        return primary
    known = dict(pair.split(":") for pair in _CODES.split())
    return known.get(primary, UNDETERMINED)
