#include "libregistry/sites/report/svg_chart.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "libregistry/core/base/html_text.h"

namespace smbatcher {
namespace {

constexpr double kWidth = 1000;
constexpr double kShareHeight = 28;
constexpr double kColumnsHeight = 160;
constexpr double kAxis = 22;

std::string number(double value) {
  std::string text(32, '\0');
  text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.2f", value)));
  return text;
}

std::string rectangle(double x, double y, double width, double height, const BarPart& part, const std::string& of) {
  return "<rect class='" + part.css_class + "' x='" + number(x) + "' y='" + number(y) + "' width='" + number(width) +
         "' height='" + number(height) + "'><title>" +
         html_text((of.empty() ? "" : of + ": ") + part.name + " " + std::to_string(part.value)) + "</title></rect>";
}

std::string opening(const std::string& title, double height) {
  return "<svg role='img' aria-label='" + html_text(title) + "' viewBox='0 0 " + number(kWidth) + " " + number(height) +
         "' preserveAspectRatio='none'>";
}

}  // namespace

std::size_t Bar::total() const {
  return std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                         [](std::size_t sum, const BarPart& part) { return sum + part.value; });
}

std::string svg_share(const std::string& title, const Bar& bar) {
  std::string svg = opening(title, kShareHeight);
  const double all = static_cast<double>(std::max<std::size_t>(bar.total(), 1));
  double x = 0;
  for (const BarPart& part : bar.parts) {
    const double width = kWidth * static_cast<double>(part.value) / all;
    if (part.value > 0) {
      svg += rectangle(x, 0, width, kShareHeight, part, bar.label);
    }
    x += width;
  }
  return svg + "</svg>";
}

std::string svg_columns(const std::string& title, const std::vector<Bar>& bars) {
  std::size_t largest = 1;
  for (const Bar& bar : bars) {
    largest = std::max(largest, bar.total());
  }
  std::string svg = opening(title, kColumnsHeight);
  const double step = kWidth / static_cast<double>(std::max<std::size_t>(bars.size(), 1));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    double y = kColumnsHeight;
    for (const BarPart& part : bars[i].parts) {
      const double height = (kColumnsHeight - kAxis) * static_cast<double>(part.value) / static_cast<double>(largest);
      y -= height;
      if (part.value > 0) {
        svg += rectangle(static_cast<double>(i) * step + step * 0.1, y, step * 0.8, height, part, bars[i].label);
      }
    }
  }
  return svg + "</svg>";
}

}  // namespace smbatcher
