-- The searched words of clients, contracts, events and staff now contain telephone numbers with and without country
-- code. The program writes them before this migration (storage/migrate), which only records that it was done.
SELECT 1;
