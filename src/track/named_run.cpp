// named_run.cpp: ids found by their beginning, and the nearest of those that are not there.
#include "track/named_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/catalog.hpp"

namespace atelier {
namespace {

constexpr std::size_t kShown = 3;  // ids that an error names

/// Ids in the order of the query.
Result<std::vector<std::string>> ids(Store& store, const RunQuery& query) {
  const auto rows = store.table(query, {});
  if (!rows) return pass_on(rows);
  std::vector<std::string> found;
  for (const auto& row : *rows) found.push_back(std::get<std::string>(row.front()));
  return found;
}

Result<Run> newest(Store& store) {
  for (const char* where : {"state != \"queued\"", ""}) {
    auto found = store.runs({.where = where, .descending = true, .limit = 1});
    if (!found) return pass_on(found);
    if (!found->empty()) return std::move(found->front());
  }
  return fail(Trouble::usage, "there is no run yet", {}, "`atelier train` makes the first one");
}

/// A text as a filter writes it.
std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::unexpected<Error> not_one_run(Store& store, const std::string& word, const std::vector<std::string>& found) {
  if (store.sweep(word))
    return fail(Trouble::usage, fmt::format("{} is a sweep, not a run", word), {},
                fmt::format("`atelier runs --where 'sweep = \"{}\"'` lists its trials", word));
  return fail(Trouble::usage, fmt::format("more than one run begins with \"{}\"", word),
              fmt::format("{}{}", fmt::join(std::span(found).first(std::min<std::size_t>(found.size(), kShown)), ", "),
                          found.size() > kShown ? ", …" : ""),
              "give more of the id");
}

std::unexpected<Error> no_run(Store& store, const std::string& word) {
  const auto all = ids(store, {.descending = true});
  if (!all) return std::unexpected(all.error());
  std::vector<std::string_view> names(all->begin(), all->end());
  names.push_back("last");
  const std::string near = nearest(word, names);
  return fail(
      Trouble::usage, fmt::format("there is no run \"{}\"", word), {},
      near.empty() ? "`atelier runs` lists them" : fmt::format("did you mean {}? `atelier runs` lists all", near));
}

}  // namespace

Result<Run> named_run(Store& store, const std::string& word) {
  if (word == "last") return newest(store);
  auto exact = store.run(word);
  if (exact || exact.error().kind != Trouble::usage || word.empty()) return exact;
  // Behind "~" comes no letter that an id may have.
  const auto found = ids(store, {.where = fmt::format("id >= {} and id < {}", literal(word), literal(word + "~")),
                                 .sort = "id",
                                 .limit = kShown + 1});
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return no_run(store, word);
  if (found->size() > 1) return not_one_run(store, word, *found);
  return store.run(found->front());
}

}  // namespace atelier
