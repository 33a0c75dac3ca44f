DROP TABLE payments_words;
DROP TABLE payments;
