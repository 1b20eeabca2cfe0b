"""Natural language, in one place: tags, sentences, stems, stop words, direction and letter counting."""
