#include "libregistry/sites/html/page.h"

#include <gumbo.h>

#include <algorithm>
#include <cstddef>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr int kMaxErrors = 200;

bool is_element(const GumboNode& node) { return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE; }

std::size_t byte_order_mark(std::string_view bytes) { return bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

std::string name_of(const GumboElement& element) {
  if (element.tag != GUMBO_TAG_UNKNOWN) {
    return gumbo_normalized_tagname(element.tag);
  }
  GumboStringPiece piece = element.original_tag;
  gumbo_tag_from_original_text(&piece);
  return to_lower({piece.data, piece.length});
}

void append_text(const GumboNode& node, std::string& text) {
  if (is_element(node)) {
    for (unsigned i = 0; i < node.v.element.children.length; ++i) {
      append_text(*static_cast<const GumboNode*>(node.v.element.children.data[i]), text);
    }
  } else if (node.type != GUMBO_NODE_COMMENT) {
    text += node.v.text.text;
  }
}

/// The memory of one parse. It is given back as a whole: neither is time spent on every node of the tree, nor stack on
/// its depth, as gumbo_destroy_output() would.
class Arena {
 public:
  static void* allocate(void* self, std::size_t size) { return static_cast<Arena*>(self)->take(size); }
  static void forget(void* /*self*/, void* /*part*/) {}

 private:
  void* take(std::size_t size) {
    constexpr std::size_t kChunk = std::size_t{64} << 10U;
    size = (size + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
    if (size > left_) {
      left_ = std::max(size, kChunk);
      chunks_.emplace_back(new std::byte[left_]);
      next_ = chunks_.back().get();
    }
    void* const taken = next_;
    next_ += size;
    left_ -= size;
    return taken;
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;  // NOLINT(modernize-avoid-c-arrays)
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace

struct HtmlPage::Tree {
  explicit Tree(std::string text) : bytes(std::move(text)) {
    GumboOptions options = kGumboDefaultOptions;
    options.tab_stop = 1;
    options.max_errors = kMaxErrors;
    options.allocator = Arena::allocate;
    options.deallocator = Arena::forget;
    options.userdata = &arena;
    start = byte_order_mark(bytes);
    output = gumbo_parse_with_options(&options, bytes.data() + start, bytes.size() - start);
  }
  ~Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  std::size_t offset_of(const char* at) const { return static_cast<std::size_t>(at - bytes.data()); }

  HtmlElement convert(const GumboElement& source, const GumboNode& node) const {
    HtmlElement element;
    element.name = name_of(source);
    element.space = source.tag_namespace == GUMBO_NAMESPACE_HTML  ? HtmlElement::Space::kHtml
                    : source.tag_namespace == GUMBO_NAMESPACE_SVG ? HtmlElement::Space::kSvg
                                                                  : HtmlElement::Space::kMathml;
    element.written = source.original_tag.length > 0;
    element.reconstructed = (node.parse_flags & GUMBO_INSERTION_BY_PARSER) != 0 && element.written;
    element.begin = element.written ? offset_of(source.original_tag.data) : source.start_pos.offset + start;
    element.content_begin = element.begin + source.original_tag.length;
    element.content_end = source.end_pos.offset == 0 ? bytes.size() : source.end_pos.offset + start;
    element.end_tag = {source.original_end_tag.data, source.original_end_tag.length};
    for (unsigned i = 0; i < source.attributes.length; ++i) {
      const auto& attribute = *static_cast<const GumboAttribute*>(source.attributes.data[i]);
      HtmlAttribute mine{attribute.name, attribute.value, element.begin, element.begin};
      if (attribute.original_name.length > 0) {
        mine.name_at = mine.value_at = offset_of(attribute.original_name.data);
      }
      if (attribute.original_value.length > 0 && attribute.original_value.data != nullptr) {
        const char quote = attribute.original_value.data[0];
        mine.value_at = offset_of(attribute.original_value.data) + (quote == '"' || quote == '\'' ? 1U : 0U);
      }
      element.attributes.push_back(mine);
    }
    return element;
  }

  void add(const GumboNode& node, std::size_t parent, std::vector<HtmlElement>& elements) {
    const std::size_t index = elements.size();
    elements.push_back(convert(node.v.element, node));
    nodes.push_back(&node);
    elements[index].parent = parent;
    elements[index].in_template =
        parent != HtmlElement::kNone && (elements[parent].in_template || elements[parent].is_html("template"));
    for (unsigned i = 0; i < node.v.element.children.length; ++i) {
      const auto& child = *static_cast<const GumboNode*>(node.v.element.children.data[i]);
      if (is_element(child)) {
        add(child, index, elements);
      } else if (child.type == GUMBO_NODE_TEXT) {
        texts.emplace_back(offset_of(child.v.text.original_text.data), index);
      }
    }
    elements[index].next = elements.size();
  }

  Arena arena;
  std::string bytes;
  std::size_t start = 0;
  GumboOutput* output = nullptr;
  std::vector<const GumboNode*> nodes;                     // of the elements
  std::vector<std::pair<std::size_t, std::size_t>> texts;  // where each stands that is not blank, and in which element
};

const HtmlAttribute* HtmlElement::find(std::string_view attribute) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [attribute](const HtmlAttribute& each) { return each.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

HtmlPage::HtmlPage(std::string bytes) : tree_(std::make_unique<Tree>(std::move(bytes))), places_(tree_->bytes) {
  tree_->add(*tree_->output->root, HtmlElement::kNone, elements_);
  find_moved_texts();
  errors_ = errors_of(*tree_->output);
  for (SyntaxError& error : errors_) {
    error.offset += tree_->start;
  }
  const GumboDocument& document = tree_->output->document->v.document;
  if (document.has_doctype) {
    doctype_ = {true, document.name, document.public_identifier, document.system_identifier};
  }
}

/// gumbo does not say what it has moved: a text that stands within a table's tags, and whose element does not.
void HtmlPage::find_moved_texts() {
  for (std::size_t table = 0; table < elements_.size(); ++table) {
    const HtmlElement& element = elements_[table];
    if (!element.is_html("table")) {
      continue;
    }
    for (const auto& [offset, parent] : tree_->texts) {
      const bool is_within = element.content_begin <= offset && offset < element.content_end;
      if (is_within && (parent < table || parent >= element.next) && elements_[parent].begin <= element.begin) {
        moved_texts_.push_back(offset);
      }
    }
  }
}

HtmlPage::~HtmlPage() = default;
HtmlPage::HtmlPage(HtmlPage&&) noexcept = default;

std::string_view HtmlPage::bytes() const { return tree_->bytes; }

std::string_view HtmlPage::content(const HtmlElement& element) const {
  const std::size_t end = std::max(element.content_begin, std::min(element.content_end, tree_->bytes.size()));
  return std::string_view(tree_->bytes).substr(element.content_begin, end - element.content_begin);
}

std::string HtmlPage::text(const HtmlElement& element) const {
  std::string text;
  append_text(*tree_->nodes[static_cast<std::size_t>(&element - elements_.data())], text);
  return text;
}

}  // namespace smbatcher
