-- Older programs find the same words.
DO 0;
