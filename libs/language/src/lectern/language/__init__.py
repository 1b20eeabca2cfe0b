"""Natural language in one place: tags, sentences, splitting, words, stop words, slugs and detection."""
