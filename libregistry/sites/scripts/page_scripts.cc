#include "libregistry/sites/scripts/page_scripts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

using Kind = InlineScript::Kind;

// Source: https://mimesniff.spec.whatwg.org/#javascript-mime-type
bool is_javascript(std::string_view type) {
  constexpr auto kTypes = std::to_array<std::string_view>(
      {"application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
       "text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
       "text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
       "text/x-ecmascript", "text/x-javascript"});
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_json(std::string_view type) {
  return type == "importmap" || type == "speculationrules" || type == "application/json" || type == "text/json" ||
         type.ends_with("+json");
}

/// Source:
/// https://html.spec.whatwg.org/multipage/webappapis.html#event-handlers-on-elements,-document-objects,-and-window-objects
/// and the events of pointers, touch, clipboard, animations and transitions.
bool is_handler(std::string_view attribute) {
  constexpr auto kEvents = std::to_array<std::string_view>({"abort",
                                                            "afterprint",
                                                            "animationcancel",
                                                            "animationend",
                                                            "animationiteration",
                                                            "animationstart",
                                                            "auxclick",
                                                            "beforeinput",
                                                            "beforematch",
                                                            "beforeprint",
                                                            "beforetoggle",
                                                            "beforeunload",
                                                            "begin",
                                                            "blur",
                                                            "cancel",
                                                            "canplay",
                                                            "canplaythrough",
                                                            "change",
                                                            "click",
                                                            "close",
                                                            "contextlost",
                                                            "contextmenu",
                                                            "contextrestored",
                                                            "copy",
                                                            "cuechange",
                                                            "cut",
                                                            "dblclick",
                                                            "drag",
                                                            "dragend",
                                                            "dragenter",
                                                            "dragleave",
                                                            "dragover",
                                                            "dragstart",
                                                            "drop",
                                                            "durationchange",
                                                            "emptied",
                                                            "end",
                                                            "ended",
                                                            "error",
                                                            "focus",
                                                            "focusin",
                                                            "focusout",
                                                            "formdata",
                                                            "gotpointercapture",
                                                            "hashchange",
                                                            "input",
                                                            "invalid",
                                                            "keydown",
                                                            "keypress",
                                                            "keyup",
                                                            "languagechange",
                                                            "load",
                                                            "loadeddata",
                                                            "loadedmetadata",
                                                            "loadstart",
                                                            "lostpointercapture",
                                                            "message",
                                                            "messageerror",
                                                            "mousedown",
                                                            "mouseenter",
                                                            "mouseleave",
                                                            "mousemove",
                                                            "mouseout",
                                                            "mouseover",
                                                            "mouseup",
                                                            "mousewheel",
                                                            "offline",
                                                            "online",
                                                            "pagehide",
                                                            "pageshow",
                                                            "paste",
                                                            "pause",
                                                            "play",
                                                            "playing",
                                                            "pointercancel",
                                                            "pointerdown",
                                                            "pointerenter",
                                                            "pointerleave",
                                                            "pointermove",
                                                            "pointerout",
                                                            "pointerover",
                                                            "pointerup",
                                                            "popstate",
                                                            "progress",
                                                            "ratechange",
                                                            "rejectionhandled",
                                                            "repeat",
                                                            "reset",
                                                            "resize",
                                                            "scroll",
                                                            "scrollend",
                                                            "securitypolicyviolation",
                                                            "seeked",
                                                            "seeking",
                                                            "select",
                                                            "selectionchange",
                                                            "selectstart",
                                                            "slotchange",
                                                            "stalled",
                                                            "storage",
                                                            "submit",
                                                            "suspend",
                                                            "timeupdate",
                                                            "toggle",
                                                            "touchcancel",
                                                            "touchend",
                                                            "touchmove",
                                                            "touchstart",
                                                            "transitioncancel",
                                                            "transitionend",
                                                            "transitionrun",
                                                            "transitionstart",
                                                            "unhandledrejection",
                                                            "unload",
                                                            "volumechange",
                                                            "waiting",
                                                            "wheel"});
  return attribute.starts_with("on") && std::binary_search(kEvents.begin(), kEvents.end(), attribute.substr(2));
}

/// What the script element is; nothing for data.
std::optional<Kind> kind_of(const HtmlElement& script) {
  const HtmlAttribute* const type = script.find("type");
  const HtmlAttribute* const language = script.find("language");
  if (type == nullptr && language != nullptr && !language->value.empty()) {
    return is_javascript("text/" + to_lower(language->value)) ? std::optional(Kind::kClassic) : std::nullopt;
  }
  if (type == nullptr || type->value.empty()) {
    return Kind::kClassic;
  }
  const std::size_t begin = type->value.find_first_not_of(" \t\n\f\r");
  const std::size_t end = type->value.find_last_not_of(" \t\n\f\r");
  const std::string name =
      begin == std::string_view::npos ? std::string() : to_lower(type->value.substr(begin, end - begin + 1));
  if (name == "module") {
    return Kind::kModule;
  }
  if (is_json(name)) {
    return Kind::kJson;
  }
  return is_javascript(name) ? std::optional(Kind::kClassic) : std::nullopt;
}

bool stands_at(const HtmlPage& page, std::size_t at, std::string_view text) {
  return page.bytes().substr(std::min(at, page.bytes().size())).starts_with(text);
}

InlineScript content_of(const HtmlPage& page, const HtmlElement& script, Kind kind) {
  if (script.space == HtmlElement::Space::kHtml) {
    return {kind, std::string(page.content(script)), script.content_begin, true};
  }
  std::string text = page.text(script);  // in SVG, character references count
  const bool exact = stands_at(page, script.content_begin, text);
  return {kind, std::move(text), script.content_begin, exact};
}

}  // namespace

UrlBase base_of(const HtmlPage& page, const std::string& root, const std::string& path) {
  for (const HtmlElement& element : page.elements()) {
    const HtmlAttribute* const href = element.is_html("base") ? element.find("href") : nullptr;
    if (href != nullptr) {
      return base_of(root, path, std::string(href->value));
    }
  }
  return base_of(root, path);
}

PageScripts scripts_of(const HtmlPage& page, const std::string& root, const std::string& path) {
  const UrlBase base = base_of(page, root, path);
  PageScripts scripts;
  for (const HtmlElement& element : page.elements()) {
    if (element.reconstructed) {
      continue;  // its attributes were seen already
    }
    for (const HtmlAttribute& attribute : element.attributes) {
      if (is_handler(to_lower(attribute.name))) {
        scripts.written.push_back({Kind::kHandler, std::string(attribute.value), attribute.value_at,
                                   stands_at(page, attribute.value_at, attribute.value)});
      }
    }
    const auto kind = element.name == "script" ? kind_of(element) : std::nullopt;
    if (!kind) {
      continue;
    }
    const bool is_html = element.space == HtmlElement::Space::kHtml;
    const HtmlAttribute* src = element.find("src");
    src = src == nullptr && !is_html ? element.find("href") : src;
    if (src == nullptr) {
      scripts.written.push_back(content_of(page, element, *kind));
    } else if (const auto file = local_path(base, src->value); file && *kind != Kind::kJson) {
      scripts.loaded.push_back({*file, *kind == Kind::kModule});
    }
  }
  return scripts;
}

}  // namespace smbatcher
