// server.hpp: the site behind a socket.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "serve/site.hpp"

namespace atelier {

/// What a client may cost.
struct Limits {
  int request_ms = 10'000;  ///< from the beginning of a request to its last byte
  int idle_ms = 60'000;     ///< between requests
  int write_ms = 20'000;    ///< for a client to take a piece of an answer
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t connections = 256;         ///< beyond, the one that has owed a request longest goes
  std::size_t waiting = 64;              ///< requests that wait for a thread; more are answered 503
  std::size_t event_bytes = 256 * 1024;  ///< that wait for a client of the feed; one further behind goes
};

struct ServerOptions {
  SiteOptions site;
  std::string address = "127.0.0.1";
  int port = 0;  ///< 0: the first free one of a few, else any
  Limits limits = {};
};

/// One thread for all sockets, two that make the answers.
class Server {
 public:
  /// Listens when it returns. Errors: no workspace, an address that is none of this machine, a port that is taken.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options);
  /// Closes every connection.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// What to open: "http://127.0.0.1:6174/", with the token where reading needs it.
  std::string url() const;
  int port() const;
  const Gate& gate() const;
  Site& site();

 private:
  struct Shell;
  explicit Server(std::unique_ptr<Shell> shell);
  std::unique_ptr<Shell> shell_;
};

}  // namespace atelier
