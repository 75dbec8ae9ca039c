-- The rows of a run of sums are written once from here on, and read without telling versions apart. Before, one that was cut off may have been written twice: all are summed up anew.
TRUNCATE TABLE chain_rolled {{cluster}};
