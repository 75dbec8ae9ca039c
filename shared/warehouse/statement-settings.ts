/** What holds for every statement, whoever sends it, on the embedded engine and on a server. */
export const statementSettings = {
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: 'best_effort',
  // A row and its later versions are in one partition, and only conditions on its key are looked at before its versions are merged.
  do_not_merge_across_partitions_select_final: 1,
  optimize_move_to_prewhere_if_final: 1,
  // A question that is asked for the fourth time would be compiled first: 50 to 150 ms, which at this size it never saves again.
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
} as const
