// site.cpp: the gate, the page's files and the routes, put together.
#include "serve/site.hpp"

#include <unistd.h>

#include "serve/route.hpp"

namespace atelier {
namespace {

constexpr std::size_t kFeedName = 4;  // letters of the token: too few to guess the rest from

}  // namespace

Site::Site(const SiteOptions& options, const std::string& token, std::array<std::unique_ptr<Store>, 2> readers,
           bool read_only)
    : workspace_(options.workspace),
      token_(token),
      read_only_(read_only),
      assets_(page_assets(), options.assets, token),
      feed_(token.substr(0, kFeedName)),
      reader_(std::move(readers[0])),
      watched_(std::move(readers[1])),
      watcher_(*watched_, feed_, options.pace) {}

// Opened for writing once, an older workspace is brought to today's form.
Result<std::unique_ptr<Site>> Site::open(const SiteOptions& options, const std::string& token) {
  const bool writable = ::euidaccess(options.workspace.c_str(), W_OK) == 0;
  std::error_code none;
  std::array<std::unique_ptr<Store>, 2> readers;
  for (std::unique_ptr<Store>& reader : readers) {
    auto opened = open_store(options.workspace, {.read_only = true});
    if (!opened && writable && !options.read_only && std::filesystem::exists(options.workspace / "runs.db", none)) {
      if (auto migrated = open_store(options.workspace); !migrated) return pass_on(migrated);
      opened = open_store(options.workspace, {.read_only = true});
    }
    if (!opened) return pass_on(opened);
    reader = *std::move(opened);
  }
  return std::unique_ptr<Site>(new Site(options, token, std::move(readers), options.read_only || !writable));
}

Result<Store*> Site::writer() {
  const std::scoped_lock guard(opening_);
  if (!writer_) {
    auto opened = open_store(workspace_);
    if (!opened) return pass_on(opened);
    writer_ = *std::move(opened);
  }
  return writer_.get();
}

Response Site::answer(const Gate& gate, const Request& request) {
  Response response = route(gate, request);
  add_safety(response);
  return response;
}

Response Site::route(const Gate& gate, const Request& request) {
  if (auto visit = welcomed(gate, request)) return *std::move(visit);
  if (auto refused = turned_away(gate, request)) return *std::move(refused);
  const auto target = parse_address(request.target);
  if (!target) return error_response(target.error());
  if (!target->path.empty() && target->path.front() == "api") return dispatch(*this, request, *target, read_only_);
  if (request.method == "GET" || request.method == "HEAD") return assets_.answer(request, *target);
  Response refused = error_response(405, Error{Trouble::usage, "this address can only be read", {}, {}});
  refused.headers.push_back({"allow", "GET, HEAD"});
  return refused;
}

}  // namespace atelier
