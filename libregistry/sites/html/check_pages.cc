#include "libregistry/sites/html/check_pages.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

namespace smbatcher {
namespace {

/// A thread is worth its start from so many pages on.
constexpr std::size_t kPagesPerThread = 8;

}  // namespace

std::vector<Result<std::vector<Finding>>> check_pages(FileOps& ops, const std::vector<PageToCheck>& pages) {
  std::vector<std::optional<Result<std::vector<Finding>>>> checked(pages.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < pages.size(); i = next++) {
      auto page = check_page_at(ops, pages[i].path, pages[i].shown);
      if (page) {
        checked[i].emplace(std::move(page->findings));  // the page's memory is the next one's
      } else {
        checked[i].emplace(fail(std::move(page).error()));
      }
    }
  };
  const std::size_t processors = std::max(std::thread::hardware_concurrency(), 1U);
  const std::size_t helpers = std::min(processors, pages.size() / kPagesPerThread + 1) - 1;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < helpers; ++i) {
    threads.emplace_back(work);
  }
  work();
  threads.clear();  // waits for them
  std::vector<Result<std::vector<Finding>>> in_order;
  in_order.reserve(pages.size());
  for (auto& page : checked) {
    in_order.push_back(std::move(*page));
  }
  return in_order;
}

}  // namespace smbatcher
