// runs_list.cpp: `atelier runs [list]`: the runs of a workspace as a table, as JSON, as CSV.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "cli/runs.hpp"
#include "cli/runs_table.hpp"
#include "cli/runs_text.hpp"
#include "cli/workspace.hpp"
#include "experiment/sweep_setup.hpp"
#include "figures/progress.hpp"

namespace atelier::cli {
namespace {

constexpr std::int64_t kOneScreen = 50;  // rows on a terminal, unless told

struct State {
  std::string where, sort, limit, columns, workspace;
  bool descending = false, json = false, csv = false;
};

/// The newest first, unless an order was asked for.
Result<RunQuery> query_of(const State& state, const Console& console) {
  RunQuery query{.where = state.where,
                 .sort = state.sort,
                 .descending = state.descending || state.sort.empty(),
                 .aliases = value_aliases()};
  const bool table = !state.json && !state.csv;
  if (state.limit.empty() && table && console.out_terminal.interactive) query.limit = kOneScreen;
  if (state.limit.empty() || state.limit == "all") return query;
  const char* const end = state.limit.data() + state.limit.size();
  const auto [read, error] = std::from_chars(state.limit.data(), end, query.limit);
  if (error == std::errc{} && read == end && query.limit >= 0) return query;
  return fail(Trouble::usage, "--limit needs a whole number, or all", fmt::format("found `{}`", state.limit),
              "for example --limit 20");
}

Result<std::vector<std::string>> columns_of(const std::string& text, Store& store) {
  if (text == "all") return store.columns();
  std::vector<std::string> columns;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view name = rest.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) columns.emplace_back(name);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return columns;
}

void say_nothing(const State& state, const Console& console) {
  console.say(fmt::format("there are no runs in {} yet: `atelier train` makes the first one",
                          workspace_of(state.workspace).string()));
}

/// Says so when the table ends before the runs do.
Result<void> say_rest(Store& store, const RunQuery& query, std::size_t listed, const Console& console) {
  if (query.limit != static_cast<std::int64_t>(listed)) return {};
  const auto all = store.table({.where = query.where, .aliases = query.aliases}, {});
  if (!all) return pass_on(all);
  if (all->size() > listed)
    console.say(fmt::format("{} of {} runs; --limit all lists every one", grouped(listed), grouped(all->size())));
  return {};
}

Result<std::size_t> list_json(Store& store, const RunQuery& query, const std::vector<std::string>& columns,
                              const Console& console) {
  if (!columns.empty()) {
    const auto rows = store.table(query, columns);
    if (!rows) return pass_on(rows);
    for (const auto& row : *rows) console.out << json_line(columns, row) << '\n';
    return rows->size();
  }
  const auto runs = store.runs(query);
  if (!runs) return pass_on(runs);
  for (const Run& run : *runs) console.out << list_line(run) << '\n';
  return runs->size();
}

/// The columns by name stand in the first line, even over no runs.
Result<std::size_t> list_csv(Store& store, const RunQuery& query, const std::vector<std::string>& columns,
                             const Console& console) {
  const auto rows = store.table(query, columns);
  if (!rows) return pass_on(rows);
  const std::vector<Cell> titles(columns.begin(), columns.end());
  console.out << csv_line(titles);
  for (const auto& row : *rows) console.out << csv_line(row);
  return rows->size();
}

Result<std::size_t> list_table(Store& store, const RunQuery& query, const std::vector<std::string>& columns, bool usual,
                               const Console& console) {
  const auto rows = store.table(query, columns);
  if (!rows) return pass_on(rows);
  if (!rows->empty())
    console.out << (usual ? usual_table(columns, *rows, wall_now(), console.out_terminal)
                          : plain_table(columns, *rows, console.out_terminal))
                << std::flush;
  return rows->size();
}

/// How many were listed.
Result<std::size_t> list(Store& store, const RunQuery& query, const State& state, const Console& console) {
  auto columns = columns_of(state.columns, store);
  if (!columns) return pass_on(columns);
  if (state.json) return list_json(store, query, *columns, console);
  const bool usual = columns->empty();
  if (usual) columns = usual_columns(store, state.csv ? std::string() : state.sort);
  if (!columns) return pass_on(columns);
  return state.csv ? list_csv(store, query, *columns, console) : list_table(store, query, *columns, usual, console);
}

Result<void> run(const State& state, const Console& console) {
  if (state.json && state.csv) return fail(Trouble::usage, "--json and --csv are two formats", {}, "take one of them");
  if (auto folder = check_workspace(state.workspace); !folder) return folder;
  if (!has_runs(state.workspace)) {
    say_nothing(state, console);
    return {};
  }
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto query = query_of(state, console);
  if (!query) return pass_on(query);
  const auto any = (*store)->table({.limit = 1}, {});
  if (!any) return pass_on(any);
  if (any->empty()) {
    say_nothing(state, console);
    return {};
  }
  const auto listed = list(**store, *query, state, console);
  if (!listed) return pass_on(listed);
  if (*listed == 0 && query->limit != 0) console.say("no run meets the filter");
  return state.json || state.csv ? Result<void>() : say_rest(**store, *query, *listed, console);
}

}  // namespace

Command runs_list_command() {
  return {"runs list",
          "Look up",
          "[--where EXPR] [--sort NAME] [--columns A,B]",
          "the runs of a workspace, the newest first",
          {"atelier runs --where 'optimizer = \"adam\" and val_accuracy > 0.88'",
           "atelier runs --sort val_accuracy --descending --limit 10",
           "atelier runs --columns id,layers,learning_rate,val_accuracy --csv > runs.csv"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {where_option(&state->where),
                 {"--sort", "NAME", "a setting, a result or a fact of the runs: val_accuracy, seconds, created",
                  &state->sort, false},
                 {"--descending", "", "the largest first", &state->descending, false},
                 {"--limit", "N", "at most so many, or `all` [all; 50 on a terminal]", &state->limit, false},
                 {"--columns", "A,B", "these values, or `all` that any run has", &state->columns, false},
                 {"--json", "", "one JSON object a line", &state->json, false},
                 {"--csv", "", "comma-separated values, RFC 4180", &state->csv, false},
                 workspace_option(&state->workspace)},
                [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
