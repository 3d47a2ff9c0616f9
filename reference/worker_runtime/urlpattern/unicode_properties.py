"""Unicode properties: which printable ASCII code points have one.

ECMA-262, 22.2.2.9: https://tc39.es/ecma262/#sec-runtime-semantics-unicodematchproperty-p

A URL's components are printable ASCII, so of a property no more is asked than what it says about
that, and about the two other code points that case folding takes there.
"""

from __future__ import annotations

from functools import cache

# The code points that a class can hold: printable ASCII, LATIN SMALL LETTER LONG S and KELVIN SIGN.
ALPHABET = "".join(map(chr, range(0x20, 0x7F))) + "\u017f\u212a"

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\u017f\u212a"
UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ\u212a"
LOWERCASE = "abcdefghijklmnopqrstuvwxyz\u017f"
DIGITS = "0123456789"
HEX_DIGITS = "0123456789ABCDEFabcdef"

# Members by name; a line with no members is of a property that no code point of the alphabet has.
# https://tc39.es/ecma262/#table-binary-unicode-properties
BINARY_PROPERTIES = {
    "ASCII": ALPHABET[:-2],
    "ASCII_Hex_Digit AHex Hex_Digit Hex": HEX_DIGITS,
    "Alphabetic Alpha Cased ID_Start IDS XID_Start XIDS": LETTERS,
    "Any Assigned Grapheme_Base Gr_Base": ALPHABET,
    "Bidi_Mirrored Bidi_M": "()<>[]{}",
    "Case_Ignorable CI": "'.:^`",
    "Changes_When_Casefolded CWCF Changes_When_NFKC_Casefolded CWKCF": UPPERCASE + "\u017f",
    "Changes_When_Casemapped CWCM": LETTERS,
    "Changes_When_Lowercased CWL Uppercase Upper": UPPERCASE,
    "Changes_When_Titlecased CWT Changes_When_Uppercased CWU Lowercase Lower": LOWERCASE,
    "Dash": "-",
    "Diacritic Dia": "^`",
    "Emoji Emoji_Component EComp": "#*" + DIGITS,
    "ID_Continue IDC XID_Continue XIDC": LETTERS + DIGITS + "_",
    "Math": "+<=>^|~",
    "Pattern_Syntax Pat_Syn": "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~",
    "Pattern_White_Space Pat_WS White_Space space": " ",
    "Quotation_Mark QMark": "\"'",
    "Sentence_Terminal STerm": "!.?",
    "Soft_Dotted SD": "ij",
    "Terminal_Punctuation Term": "!,.:;?",
    "Bidi_Control Bidi_C Default_Ignorable_Code_Point DI Deprecated Dep Emoji_Modifier EMod "
    "Emoji_Modifier_Base EBase"
    " Emoji_Presentation EPres Extended_Pictographic ExtPict Extender Ext Grapheme_Extend Gr_Ext "
    "IDS_Binary_Operator IDSB"
    " IDS_Trinary_Operator IDST Ideographic Ideo Join_Control Join_C Logical_Order_Exception LOE "
    "Noncharacter_Code_Point NChar"
    " Radical Regional_Indicator RI Unified_Ideograph UIdeo Variation_Selector VS": "",
}

# https://tc39.es/ecma262/#table-binary-unicode-properties-of-strings. All their strings have code
# points that are not ASCII.
BINARY_PROPERTIES_OF_STRINGS = frozenset(
    "Basic_Emoji Emoji_Keycap_Sequence RGI_Emoji_Modifier_Sequence RGI_Emoji_Flag_Sequence "
    "RGI_Emoji_Tag_Sequence"
    " RGI_Emoji_ZWJ_Sequence RGI_Emoji".split()
)

# The categories that a value stands for, and its names.
# https://www.unicode.org/Public/UCD/latest/ucd/PropertyValueAliases.txt
GENERAL_CATEGORIES = {
    "LC": "Cased_Letter LC",
    "L": "Letter L",
    "Lu": "Uppercase_Letter Lu",
    "Ll": "Lowercase_Letter Ll",
    "N": "Number N",
    "Nd": "Decimal_Number Nd digit",
    "P": "Punctuation P punct",
    "Pc": "Connector_Punctuation Pc",
    "Pd": "Dash_Punctuation Pd",
    "Ps": "Open_Punctuation Ps",
    "Pe": "Close_Punctuation Pe",
    "Po": "Other_Punctuation Po",
    "S": "Symbol S",
    "Sc": "Currency_Symbol Sc",
    "Sk": "Modifier_Symbol Sk",
    "Sm": "Math_Symbol Sm",
    "Z": "Separator Z",
    "Zs": "Space_Separator Zs",
    "": "Control Cc cntrl Enclosing_Mark Me Final_Punctuation Pf Format Cf Initial_Punctuation Pi "
    "Letter_Number Nl"
    " Line_Separator Zl Mark M Combining_Mark Modifier_Letter Lm Nonspacing_Mark Mn Other C "
    "Other_Letter Lo Other_Number No"
    " Other_Symbol So Paragraph_Separator Zp Private_Use Co Spacing_Mark Mc Surrogate Cs "
    "Titlecase_Letter Lt Unassigned Cn",
}
MEMBERS_OF_CATEGORY = {
    "Lu": UPPERCASE,
    "Ll": LOWERCASE,
    "Nd": DIGITS,
    "Pc": "_",
    "Pd": "-",
    "Ps": "([{",
    "Pe": ")]}",
    "Po": "!\"#%&'*,./:;?@\\",
    "Sc": "$",
    "Sk": "^`",
    "Sm": "+<=>|~",
    "Zs": " ",
}

# https://www.unicode.org/Public/UCD/latest/ucd/PropertyValueAliases.txt, the values of Script
SCRIPTS = (
    "Adlam Adlm Ahom Anatolian_Hieroglyphs Hluw Arabic Arab Armenian Armn Avestan Avst Balinese "
    "Bali Bamum Bamu Bassa_Vah"
    " Bass Batak Batk Bengali Beng Beria_Erfe Berf Bhaiksuki Bhks Bopomofo Bopo Brahmi Brah "
    "Braille Brai Buginese Bugi Buhid"
    " Buhd Canadian_Aboriginal Cans Carian Cari Caucasian_Albanian Aghb Chakma Cakm Cham Cherokee "
    "Cher Chorasmian Chrs"
    " Common Zyyy Coptic Copt Qaac Cuneiform Xsux Cypriot Cprt Cypro_Minoan Cpmn Cyrillic Cyrl "
    "Deseret Dsrt Devanagari Deva"
    " Dives_Akuru Diak Dogra Dogr Duployan Dupl Egyptian_Hieroglyphs Egyp Elbasan Elba Elymaic "
    "Elym Ethiopic Ethi Garay Gara"
    " Georgian Geor Glagolitic Glag Gothic Goth Grantha Gran Greek Grek Gujarati Gujr "
    "Gunjala_Gondi Gong Gurmukhi Guru"
    " Gurung_Khema Gukh Han Hani Hangul Hang Hanifi_Rohingya Rohg Hanunoo Hano Hatran Hatr Hebrew "
    "Hebr Hiragana Hira"
    " Imperial_Aramaic Armi Inherited Zinh Qaai Inscriptional_Pahlavi Phli Inscriptional_Parthian "
    "Prti Javanese Java Kaithi"
    " Kthi Kannada Knda Katakana Kana Kawi Kayah_Li Kali Kharoshthi Khar Khitan_Small_Script Kits "
    "Khmer Khmr Khojki Khoj"
    " Khudawadi Sind Kirat_Rai Krai Lao Laoo Latin Latn Lepcha Lepc Limbu Limb Linear_A Lina "
    "Linear_B Linb Lisu Lycian Lyci"
    " Lydian Lydi Mahajani Mahj Makasar Maka Malayalam Mlym Mandaic Mand Manichaean Mani Marchen "
    "Marc Masaram_Gondi Gonm"
    " Medefaidrin Medf Meetei_Mayek Mtei Mende_Kikakui Mend Meroitic_Cursive Merc "
    "Meroitic_Hieroglyphs Mero Miao Plrd Modi"
    " Mongolian Mong Mro Mroo Multani Mult Myanmar Mymr Nabataean Nbat Nag_Mundari Nagm "
    "Nandinagari Nand New_Tai_Lue Talu"
    " Newa Nko Nkoo Nushu Nshu Nyiakeng_Puachue_Hmong Hmnp Ogham Ogam Ol_Chiki Olck Ol_Onal Onao "
    "Old_Hungarian Hung"
    " Old_Italic Ital Old_North_Arabian Narb Old_Permic Perm Old_Persian Xpeo Old_Sogdian Sogo "
    "Old_South_Arabian Sarb"
    " Old_Turkic Orkh Old_Uyghur Ougr Oriya Orya Osage Osge Osmanya Osma Pahawh_Hmong Hmng "
    "Palmyrene Palm Pau_Cin_Hau Pauc"
    " Phags_Pa Phag Phoenician Phnx Psalter_Pahlavi Phlp Rejang Rjng Runic Runr Samaritan Samr "
    "Saurashtra Saur Sharada Shrd"
    " Shavian Shaw Siddham Sidd SignWriting Sgnw Sidetic Sidt Sinhala Sinh Sogdian Sogd "
    "Sora_Sompeng Sora Soyombo Soyo"
    " Sundanese Sund Sunuwar Sunu Syloti_Nagri Sylo Syriac Syrc Tagalog Tglg Tagbanwa Tagb Tai_Le "
    "Tale Tai_Tham Lana"
    " Tai_Viet Tavt Tai_Yo Tayo Takri Takr Tamil Taml Tangsa Tnsa Tangut Tang Telugu Telu Thaana "
    "Thaa Thai Tibetan Tibt"
    " Tifinagh Tfng Tirhuta Tirh Todhri Todr Tolong_Siki Tols Toto Tulu_Tigalari Tutg Ugaritic "
    "Ugar Unknown Zzzz Vai Vaii"
    " Vithkuqi Vith Wancho Wcho Warang_Citi Wara Yezidi Yezi Yi Yiii Zanabazar_Square Zanb"
)


@cache
def members_by_property() -> dict[tuple[str, str], frozenset[str]]:
    """The members by the name of a property and that of a value; a property that stands alone is a
    value of the property "".

    https://tc39.es/ecma262/#table-nonbinary-unicode-properties
    """
    members: dict[tuple[str, str], frozenset[str]] = {}
    for names, code_points in BINARY_PROPERTIES.items():
        for name in names.split():
            members["", name] = frozenset(code_points)
    for category, names in GENERAL_CATEGORIES.items():
        prefixes = {"LC": ("Lu", "Ll"), "": ()}.get(category, (category,))
        code_points = "".join(
            MEMBERS_OF_CATEGORY[value]
            for value in MEMBERS_OF_CATEGORY
            if value.startswith(prefixes)
        )
        for name in names.split():
            members["", name] = members["General_Category", name] = members["gc", name] = frozenset(
                code_points
            )
    for script in SCRIPTS.split():
        code_points = {"Latin": LETTERS, "Latn": LETTERS}.get(script, "")
        if script in ("Common", "Zyyy"):
            code_points = "".join(
                code_point for code_point in ALPHABET if code_point not in LETTERS
            )
        for name in ("Script", "sc", "Script_Extensions", "scx"):
            members[name, script] = frozenset(code_points)
    return members


def unicode_match_property(name: str, value: str) -> frozenset[str] | None:
    """The code points of the alphabet that have a property, or a property of that value; None if
    there is no such thing.

    https://tc39.es/ecma262/#sec-runtime-semantics-unicodematchproperty-p
    """
    return members_by_property().get((name, value))
