//! English stems: `gearboxes` and `gearbox` are one word.

use std::sync::LazyLock;

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

static STEMMER: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build()
});

/// The stem of a folded word; words that are not plain ASCII letters are their own stems.
pub(crate) fn stem(word: &str) -> String {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut analyzer = STEMMER.clone();
    let mut stream = analyzer.token_stream(word);
    stream.next().map_or_else(|| word.to_owned(), |token| token.text.clone())
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        assert_eq!(stem("gearboxes"), stem("gearbox"));
        assert_eq!(stem("cooling"), stem("cooled"));
        assert_eq!(stem("42crmo"), "42crmo");
    }
}
