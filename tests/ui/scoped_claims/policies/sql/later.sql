drop policy members on documents;
