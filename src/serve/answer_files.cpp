// answer_files.cpp: what a run has measured step by step, printed, and saved.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "serve/beneath.hpp"
#include "serve/route.hpp"
#include "serve/site.hpp"

namespace atelier {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostBuckets = 10'000, kUsualBuckets = 1000;
constexpr std::size_t kLogPiece = 256 * 1024;
constexpr std::string_view kLog = "output.log";

void add_number(std::string& out, double value) {
  if (std::isfinite(value))
    fmt::format_to(std::back_inserter(out), ",{}", value);
  else
    out += ",null";
}

std::string series_json(const std::string& stream, const Bucketed& bucketed) {
  nlohmann::ordered_json names = nlohmann::ordered_json::object();
  std::string out =
      fmt::format("{{\"stream\":{},\"width\":{},\"series\":{{", nlohmann::json(stream).dump(), bucketed.width);
  for (const BucketedSeries& one : bucketed.series) {
    if (&one != bucketed.series.data()) out += ',';
    out += nlohmann::json(one.name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + ":[";
    for (const Bucket& bucket : one.buckets) {
      fmt::format_to(std::back_inserter(out), "{}[{}", &bucket == one.buckets.data() ? "" : ",", bucket.at);
      for (const double value : {bucket.last, bucket.low, bucket.high}) add_number(out, value);
      out += ']';
    }
    out += ']';
  }
  return out + "}}";
}

/// Text that is cut anywhere: pieces of letters at either end are left for the piece before or after it.
std::size_t whole_letters(const std::string& text) {
  std::size_t end = text.size();
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte < 0x80) break;
    if (byte < 0xC0) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    if (length > back) end = text.size() - back;
    break;
  }
  return end;
}

/// A name for the file that the browser saves.
std::string file_name(const std::string& run, const Artifact& artifact) {
  std::string name = run + "-" + artifact.path.substr(artifact.path.rfind('/') + 1);
  for (char& c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace

Result<Response> answer_series(const Call& call) {
  const auto buckets = call.number("buckets", kUsualBuckets, 1, kMostBuckets);
  if (!buckets) return pass_on(buckets);
  const auto from = call.number("from", 0, 0, kLargest);
  if (!from) return pass_on(from);
  const auto to = call.number("to", kLargest, 0, kLargest);
  if (!to) return pass_on(to);
  const std::string stream(call.target.find("stream").value_or("step"));
  const auto found = call.site.reader().buckets(call.name("run"),
                                                {stream, call.list("names"), *from, *to, static_cast<int>(*buckets)});
  if (!found) return no_such_run(call, found.error());
  return json_response(series_json(stream, *found));
}

// The name is ours and the run's id has been checked, by the pattern and by the store.
Result<Response> answer_log(const Call& call) {
  const auto from = call.number("from", 0, 0, kLargest);
  if (!from) return pass_on(from);
  const auto run = call.site.reader().run(call.name("run"));
  if (!run) return no_such_run(call, run.error());
  const auto file = open_beneath(call.site.workspace(), run->id + "/" + std::string(kLog));
  if (!file) return json_response(nlohmann::ordered_json{{"text", ""}, {"from", 0}, {"next", 0}, {"size", 0}});
  const auto start = std::min<std::uint64_t>(static_cast<std::uint64_t>(*from), file->stamp.size);
  auto text = read_at(*file, start, kLogPiece);
  if (!text) return pass_on(text);
  if (start + text->size() < file->stamp.size) text->resize(whole_letters(*text));
  const std::uint64_t next = start + text->size();
  return json_response(
      nlohmann::ordered_json{{"text", *std::move(text)}, {"from", start}, {"next", next}, {"size", file->stamp.size}});
}

// The path is the store's, and a store may come from anywhere: it has to stay below the workspace.
Result<Response> answer_artifact(const Call& call) {
  const auto artifacts = call.site.reader().artifacts(call.name("run"));
  if (!artifacts) return no_such_run(call, artifacts.error());
  const auto found = std::ranges::find(*artifacts, call.name("artifact"), &Artifact::name);
  if (found == artifacts->end())
    return not_found(fmt::format("run {} has no file \"{}\"", call.name("run"), call.name("artifact")));
  auto file = open_beneath(call.site.workspace(), found->path);
  if (!file) return not_found(fmt::format("the file \"{}\" is gone", found->name));
  return Response{
      200,
      {{"content-type", "application/octet-stream"},
       {"cache-control", "no-store"},
       {"content-disposition", fmt::format("attachment; filename=\"{}\"", file_name(call.name("run"), *found))}},
      *std::move(file)};
}

}  // namespace atelier
