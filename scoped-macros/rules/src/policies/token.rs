/// The kind of a token. Comments and blanks are not tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    /// A keyword or a name that Postgres folds to lower case.
    Word,
    /// `"a name"`.
    Quoted,
    /// `U&"a name"`.
    UnicodeQuoted,
    /// `'text'`, also `B''`, `X''` and `N''`.
    Plain,
    /// `E'text'`.
    Escaped,
    /// `U&'text'`.
    Unicode,
    /// `$tag$text$tag$`.
    Dollar,
    Number,
    /// `$1`.
    Parameter,
    Operator,
    Open,
    Close,
    OpenSquare,
    CloseSquare,
    Comma,
    Semicolon,
    Dot,
    /// `::`.
    Cast,
    /// `:=`.
    Assign,
    /// Any other character, such as the `:` of a psql variable.
    Other,
}

impl TokenKind {
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Plain | Self::Escaped | Self::Unicode | Self::Dollar
        )
    }

    pub(crate) fn is_name(self) -> bool {
        matches!(self, Self::Word | Self::Quoted | Self::UnicodeQuoted)
    }
}

/// A token, as a range of bytes in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Whether the byte can be part of a name.
pub(crate) fn is_word(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80..)
}

/// Whether the byte can be part of an operator.
pub(crate) fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'~'
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
    )
}
