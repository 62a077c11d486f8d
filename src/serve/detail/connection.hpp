// connection.hpp: one client, from its first request to its last answer.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "serve/feed.hpp"
#include "serve/server.hpp"

namespace atelier::detail {

class Connection;
/// Connections that owe a request, the longest first.
using Owing = std::list<std::weak_ptr<Connection>>;

/// What all connections share. Owned by the thread of the sockets but for `workers` and what is behind `answer`.
struct Hall {
  const Limits& limits;
  std::function<Response(const Request&)> answer;
  std::function<Feed&()> feed;
  boost::asio::thread_pool workers{2};
  std::size_t at_work = 0;
  Owing owing = {};
  std::list<std::weak_ptr<Connection>> all = {};
};

/// All of its functions run on the thread of the sockets.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Hall& hall);
  ~Connection();
  void start();
  /// Ends it at once.
  void drop();

 private:
  using Error = boost::system::error_code;
  void await_request(int patience_ms);
  void read_request();
  void refuse(const Error& error);
  void work(Request request);
  void send(Response response, bool keep_alive);
  void send_body();
  void send_piece(boost::asio::const_buffer piece);
  void finish();
  void drain(std::size_t left);
  void listen();
  void take(const Feed::Text& text);
  void send_events();
  void watch_for_end();

  boost::beast::tcp_stream stream_;
  Hall& hall_;
  std::list<std::weak_ptr<Connection>>::iterator place_;
  std::optional<Owing::iterator> owes_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Response response_;
  std::string head_, piece_;
  std::uint64_t sent_ = 0;  // of the body
  bool keep_alive_ = false, head_only_ = false, refused_ = false;

  std::optional<std::uint64_t> listener_;
  std::deque<Feed::Text> queue_;
  std::size_t queued_bytes_ = 0;
  bool sending_ = false;
};

}  // namespace atelier::detail
