// site.hpp: a workspace as a web site: from a request to its response, without any socket.
#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "serve/assets.hpp"
#include "serve/feed.hpp"
#include "serve/gate.hpp"
#include "serve/message.hpp"
#include "serve/try_model.hpp"
#include "serve/watcher.hpp"
#include "track/store.hpp"

namespace atelier {

struct SiteOptions {
  std::filesystem::path workspace;
  std::filesystem::path assets = {};  ///< the page from this folder instead of the embedded one
  bool read_only = false;
  WatchPace pace = {};
};

/// Reads through a store that cannot write; writes, which are rare, through one that is opened for the first of them.
/// For any number of threads.
class Site {
 public:
  /// An Error where there is no workspace. One that cannot be written is served for reading only.
  static Result<std::unique_ptr<Site>> open(const SiteOptions& options, const std::string& token);

  /// The gate is asked first; whatever comes of it, the response is safe to send.
  Response answer(const Gate& gate, const Request& request);

  const std::filesystem::path& workspace() const { return workspace_; }
  const std::string& token() const { return token_; }
  bool read_only() const { return read_only_; }
  Feed& feed() { return feed_; }
  /// Makes sure that whoever listens from now on misses nothing.
  void prepare_feed() { watcher_.prepare(); }
  /// Something has been changed from here: whoever listens hears of it soon.
  void look() { watcher_.wake(); }
  TryRoom& try_room() { return try_room_; }
  Store& reader() { return *reader_; }
  /// The store that writes; an Error when it cannot be opened now.
  Result<Store*> writer();

 private:
  Site(const SiteOptions& options, const std::string& token, std::array<std::unique_ptr<Store>, 2> readers,
       bool read_only);
  Response route(const Gate& gate, const Request& request);

  std::filesystem::path workspace_;
  std::string token_;
  bool read_only_;
  Assets assets_;
  Feed feed_;
  std::unique_ptr<Store> reader_, watched_;  // looking for news never waits for a long answer
  Watcher watcher_;
  TryRoom try_room_;
  std::mutex opening_;
  std::unique_ptr<Store> writer_;
};

}  // namespace atelier
