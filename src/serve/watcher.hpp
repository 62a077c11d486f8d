// watcher.hpp: the one who looks at the store for all open pages.
#pragma once
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "serve/feed.hpp"
#include "track/store.hpp"

namespace atelier {

struct WatchPace {
  int look_ms = 1000;      ///< between looks at what runs and what is new
  int survey_ms = 10'000;  ///< between looks at all runs: what another program renamed, tagged, or deleted
  int beat_ms = 15'000;    ///< between signs of life on a quiet feed
};

/// Compares the store with what it saw before, and tells the feed what is different. With nobody listening, or nothing
/// written, it reads next to nothing. Events: `run` (a run's head and summary), `epoch` (run, epoch, metrics), `gone` (a
/// run's id), `sweep` (id, name, state, trials by state), `hello` (read everything anew).
class Watcher {
 public:
  Watcher(Store& store, Feed& feed, const WatchPace& pace = {});
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  /// Knows, when it returns, what to compare with: for whoever is about to listen.
  void prepare();
  /// Looks at everything soon: something has been changed from here.
  void wake();

 private:
  struct Seen {
    std::string line;  // all that a survey looks at
    int attempt = 0, epochs = 0;
    bool running = false;
  };
  void work();
  void look(bool every_run);
  void compare(const Pulse& pulse);
  bool survey(bool tell);
  void tell_run(const std::string& id);
  void tell_epochs(const std::string& id, int after);
  void tell_sweeps(bool tell);

  Store& store_;
  Feed& feed_;
  const WatchPace pace_;
  std::mutex looking_;  // guards what was seen
  Pulse before_ = {};
  std::map<std::string, Seen> runs_;
  std::map<std::string, std::string> sweeps_;
  bool known_ = false;  // whether runs_ and sweeps_ hold anything to compare with
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false, woken_ = false;
  std::jthread thread_;  // the last member: it ends before the others do
};

}  // namespace atelier
