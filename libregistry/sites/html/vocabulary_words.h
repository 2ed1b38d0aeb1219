#pragma once

#include <array>
#include <string_view>

namespace smbatcher::html_words {

// The words behind vocabulary.h: lists with one blank between two words. For use by vocabulary.cc.

struct Named {
  std::string_view name;
  std::string_view words;  // one blank between two
};

/// The elements of HTML with the attributes of their own; "*" is any. In the order of their bytes, for a binary search.
inline constexpr auto kElements = std::to_array<Named>({
    {"a", "href target download ping rel hreflang type referrerpolicy attributionsrc"},
    {"abbr", ""},
    {"address", ""},
    {"area", "alt coords shape href hreflang type target download ping rel referrerpolicy"},
    {"article", ""},
    {"aside", ""},
    {"audio", "src crossorigin preload autoplay loop muted controls controlslist disableremoteplayback loading"},
    {"b", ""},
    {"base", "href target"},
    {"bdi", ""},
    {"bdo", ""},
    {"blockquote", "cite"},
    {"body", ""},
    {"br", ""},
    {"button",
     "command commandfor disabled form formaction formenctype formmethod formnovalidate formtarget name "
     "popovertarget popovertargetaction type value"},
    {"canvas", "width height"},
    {"caption", ""},
    {"cite", ""},
    {"code", ""},
    {"col", "span"},
    {"colgroup", "span"},
    {"data", "value"},
    {"datalist", ""},
    {"dd", ""},
    {"del", "cite datetime"},
    {"details", "name open"},
    {"dfn", ""},
    {"dialog", "open closedby"},
    {"div", ""},
    {"dl", ""},
    {"dt", ""},
    {"em", ""},
    {"embed", "*"},
    {"fencedframe", "*"},
    {"fieldset", "disabled form name"},
    {"figcaption", ""},
    {"figure", ""},
    {"footer", ""},
    {"form", "accept-charset action autocomplete enctype method name novalidate rel target"},
    {"h1", ""},
    {"h2", ""},
    {"h3", ""},
    {"h4", ""},
    {"h5", ""},
    {"h6", ""},
    {"head", ""},
    {"header", ""},
    {"hgroup", ""},
    {"hr", ""},
    {"html", ""},
    {"i", ""},
    {"iframe", "src srcdoc name sandbox allow allowfullscreen width height referrerpolicy loading credentialless csp"},
    {"img",
     "alt src srcset sizes crossorigin usemap ismap width height referrerpolicy decoding loading fetchpriority "
     "elementtiming controls"},
    {"input",
     "accept alpha alt autocomplete capture checked colorspace dirname disabled form formaction formenctype "
     "formmethod formnovalidate formtarget height list max maxlength min minlength multiple name pattern "
     "placeholder popovertarget popovertargetaction readonly required size src step switch type value width"},
    {"ins", "cite datetime"},
    {"kbd", ""},
    {"label", "for"},
    {"legend", ""},
    {"li", "value"},
    {"link",
     "href crossorigin rel as media hreflang type sizes imagesrcset imagesizes referrerpolicy integrity "
     "blocking color disabled fetchpriority"},
    {"main", ""},
    {"map", "name"},
    {"mark", ""},
    {"math", "*"},
    {"menu", ""},
    {"meta", "name http-equiv content charset media"},
    {"meter", "value min max low high optimum"},
    {"nav", ""},
    {"noscript", ""},
    {"object", "data type name form width height"},
    {"ol", "reversed start type"},
    {"optgroup", "disabled label"},
    {"option", "disabled label selected value"},
    {"output", "for form name"},
    {"p", ""},
    {"picture", ""},
    {"pre", ""},
    {"progress", "value max"},
    {"q", "cite"},
    {"rp", ""},
    {"rt", ""},
    {"ruby", ""},
    {"s", ""},
    {"samp", ""},
    {"script", "src type nomodule async defer crossorigin integrity referrerpolicy blocking fetchpriority"},
    {"search", ""},
    {"section", ""},
    {"select", "autocomplete disabled form multiple name required size"},
    {"selectedcontent", ""},
    {"slot", "name"},
    {"small", ""},
    {"source", "type media src srcset sizes width height"},
    {"span", ""},
    {"strong", ""},
    {"style", "media blocking type"},
    {"sub", ""},
    {"summary", ""},
    {"sup", ""},
    {"svg", "*"},
    {"table", ""},
    {"tbody", ""},
    {"td", "colspan rowspan headers"},
    {"template",
     "shadowrootmode shadowrootdelegatesfocus shadowrootclonable shadowrootserializable "
     "shadowrootcustomelementregistry shadowrootslotassignment for"},
    {"textarea",
     "autocomplete cols dirname disabled form maxlength minlength name placeholder readonly required rows wrap"},
    {"tfoot", ""},
    {"th", "colspan rowspan headers scope abbr"},
    {"thead", ""},
    {"time", "datetime"},
    {"title", ""},
    {"tr", ""},
    {"track", "default kind label src srclang"},
    {"u", ""},
    {"ul", ""},
    {"var", ""},
    {"video",
     "src crossorigin poster preload autoplay playsinline loop muted controls width height controlslist "
     "disablepictureinpicture disableremoteplayback loading"},
    {"wbr", ""},
});

/// Those of every element, with those of RDFa and microdata.
inline constexpr std::string_view kGlobalAttributes =
    "about accesskey autocapitalize autocorrect autofocus class contenteditable datatype dir draggable "
    "enterkeyhint exportparts headingoffset headingreset hidden id inert inputmode is itemid itemprop itemref "
    "itemscope itemtype lang nonce part popover prefix property resource role slot spellcheck style tabindex "
    "title translate typeof virtualkeyboardpolicy vocab writingsuggestions xml:lang xml:space xmlns";

/// Behind "aria-".
inline constexpr std::string_view kAriaAttributes =
    "activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex "
    "colindextext colspan controls current describedby description details disabled dropeffect errormessage "
    "expanded flowto grabbed haspopup hidden invalid keyshortcuts label labelledby level live modal multiline "
    "multiselectable orientation owns placeholder posinset pressed readonly relevant required roledescription "
    "rowcount rowindex rowindextext rowspan selected setsize sort valuemax valuemin valuenow valuetext";

/// Were in HTML once, on elements that do not have them now.
inline constexpr std::string_view kObsoleteAttributes =
    "abbr align alink archive axis background behavior bgcolor border bordercolor cellpadding cellspacing char "
    "charoff charset classid clear code codebase codetype color compact coords datafld dataformatas datasrc "
    "declare event face frame frameborder framespacing height hspace language link longdesc lowsrc "
    "marginheight marginwidth methods name nohref noshade nowrap profile rules scheme scope scrolling shape "
    "size standby summary target text topmargin type urn valign valuetype version vlink vspace width";

inline constexpr std::string_view kObsoleteElements =
    "acronym applet basefont bgsound big blink center dir font frame frameset image isindex keygen listing "
    "marquee menuitem multicol nextid nobr noembed noframes param plaintext rb rtc spacer strike tt xmp";

inline constexpr std::string_view kVoidElements =
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr";

inline constexpr std::string_view kOptionalEnds =
    "body caption colgroup dd dt head html li optgroup option p rb rp rt rtc tbody td tfoot th thead tr";

inline constexpr std::string_view kBlockElements =
    "address article aside blockquote center details dialog div dl fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section table ul";

inline constexpr std::string_view kPhrasingOnly =
    "abbr b bdi bdo button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label mark meter output p pre "
    "progress q rp rt ruby s samp small span strong sub sup time u var";

inline constexpr std::string_view kBooleanAttributes =
    "allowfullscreen alpha async autofocus autoplay checked controls default defer disabled formnovalidate "
    "inert ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed "
    "selected shadowrootclonable shadowrootdelegatesfocus shadowrootserializable";

inline constexpr std::string_view kRoles =
    "alert alertdialog application article associationlist associationlistitemkey associationlistitemvalue "
    "banner blockquote button caption cell checkbox code columnheader combobox comment complementary "
    "contentinfo definition deletion dialog directory doc-abstract doc-acknowledgments doc-afterword "
    "doc-appendix doc-backlink doc-biblioentry doc-bibliography doc-biblioref doc-chapter doc-colophon "
    "doc-conclusion doc-cover doc-credit doc-credits doc-dedication doc-endnote doc-endnotes doc-epigraph "
    "doc-epilogue doc-errata doc-example doc-footnote doc-foreword doc-glossary doc-glossref doc-index "
    "doc-introduction doc-noteref doc-notice doc-pagebreak doc-pagefooter doc-pageheader doc-pagelist doc-part "
    "doc-preface doc-prologue doc-pullquote doc-qna doc-subtitle doc-tip doc-toc document emphasis feed figure "
    "form generic graphics-document graphics-object graphics-symbol grid gridcell group heading image img "
    "insertion link list listbox listitem log main mark marquee math menu menubar menuitem menuitemcheckbox "
    "menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup "
    "region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong "
    "subscript suggestion superscript switch tab table tablist tabpanel term textbox time timer toolbar "
    "tooltip tree treegrid treeitem";

struct Values {
  std::string_view element;  // "*": of any
  std::string_view attribute;
  std::string_view words;  // one blank between two; "~" is the empty one
};

/// Of obsolete attributes for which CSS is not an answer: what to do instead.
inline constexpr auto kInsteadOfAttributes = std::to_array<Values>({
    {"a", "name", "use id"},
    {"img", "name", "use id"},
    {"*", "name", "take it out"},
    {"a", "coords", "use <area>"},
    {"a", "shape", "use <area>"},
    {"*", "abbr", "write the short text, and the long one in title"},
    {"*", "archive", "take it out"},
    {"*", "axis", "use scope"},
    {"*", "charset", "take it out: the server says the encoding"},
    {"*", "classid", "use data"},
    {"*", "code", "use data"},
    {"*", "codebase", "use data"},
    {"*", "codetype", "use type"},
    {"*", "datafld", "use a script"},
    {"*", "dataformatas", "use a script"},
    {"*", "datasrc", "use a script"},
    {"*", "declare", "repeat the element"},
    {"*", "event", "use a script"},
    {"*", "for", "use a script"},
    {"*", "language", "take it out, or use type"},
    {"*", "longdesc", "use a link to the description"},
    {"*", "lowsrc", "use srcset"},
    {"*", "methods", "take it out"},
    {"*", "nohref", "leave href out"},
    {"*", "profile", "take it out"},
    {"*", "scheme", "write it into the value"},
    {"*", "scope", "use <th>"},
    {"*", "standby", "take it out"},
    {"*", "summary", "use a <caption>"},
    {"*", "target", "take it out"},
    {"*", "type", "take it out"},
    {"*", "urn", "use href"},
    {"*", "valuetype", "take it out"},
    {"*", "version", "take it out"},
});

/// The same for elements; one entry may be of several.
inline constexpr auto kInsteadOfElements = std::to_array<Named>({
    {"acronym", "use <abbr>"},
    {"applet", "use <object> or <embed>"},
    {"bgsound", "use <audio>"},
    {"dir", "use <ul>"},
    {"frame frameset noframes", "use <iframe>, or include the parts on the server"},
    {"image", "use <img>"},
    {"isindex", "use a <form>"},
    {"keygen", "use a script"},
    {"listing xmp plaintext", "use <pre> and <code>"},
    {"menuitem", "use a script"},
    {"nextid", "take it out"},
    {"noembed", "use <object>"},
    {"param", "use data of <object>"},
    {"rb rtc", "put the text into <ruby> itself"},
    {"strike", "use <s> or <del>"},
    {"tt", "use <code>, <kbd>, <samp> or CSS"},
});

inline constexpr auto kValues = std::to_array<Values>({
    {"button", "type", "submit reset button"},
    {"input", "type",
     "hidden text search tel url email password date month week time "
     "datetime-local number range color checkbox radio file submit image reset button"},
    {"form", "method", "get post dialog"},
    {"form", "enctype", "application/x-www-form-urlencoded multipart/form-data text/plain"},
    {"form", "autocomplete", "on off"},
    {"button", "formmethod", "get post dialog"},
    {"input", "formmethod", "get post dialog"},
    {"button", "popovertargetaction", "toggle show hide"},
    {"th", "scope", "row col rowgroup colgroup"},
    {"ol", "type", "1 a A i I"},
    {"track", "kind", "subtitles captions descriptions chapters metadata"},
    {"textarea", "wrap", "soft hard"},
    {"area", "shape", "circle default poly rect"},
    {"img", "loading", "lazy eager"},
    {"iframe", "loading", "lazy eager"},
    {"audio", "loading", "lazy eager"},
    {"video", "loading", "lazy eager"},
    {"img", "decoding", "sync async auto"},
    {"audio", "preload", "~ none metadata auto"},
    {"video", "preload", "~ none metadata auto"},
    {"template", "shadowrootmode", "open closed"},
    {"dialog", "closedby", "any closerequest none"},
    {"meta", "charset", "utf-8"},
    {"*", "crossorigin", "~ anonymous use-credentials"},
    {"*", "fetchpriority", "high low auto"},
    {"*", "referrerpolicy",
     "~ no-referrer no-referrer-when-downgrade same-origin "
     "origin strict-origin origin-when-cross-origin strict-origin-when-cross-origin unsafe-url"},
    {"*", "dir", "ltr rtl auto"},
    {"*", "draggable", "true false"},
    {"*", "contenteditable", "~ true false plaintext-only"},
    {"*", "spellcheck", "~ true false"},
    {"*", "translate", "~ yes no"},
    {"*", "hidden", "~ hidden until-found"},
    {"*", "popover", "~ auto manual hint"},
    {"*", "autocapitalize", "off none on sentences words characters"},
    {"*", "enterkeyhint", "enter done go next previous search send"},
    {"*", "inputmode", "none text tel url email numeric decimal search"},
    {"*", "aria-hidden", "true false undefined"},
    {"*", "aria-expanded", "true false undefined"},
    {"*", "aria-pressed", "true false mixed undefined"},
    {"*", "aria-checked", "true false mixed undefined"},
    {"*", "aria-selected", "true false undefined"},
    {"*", "aria-disabled", "true false"},
    {"*", "aria-modal", "true false"},
    {"*", "aria-busy", "true false"},
    {"*", "aria-required", "true false"},
    {"*", "aria-readonly", "true false"},
    {"*", "aria-live", "off polite assertive"},
    {"*", "aria-current", "page step location date time true false"},
    {"*", "aria-haspopup", "true false menu listbox tree grid dialog"},
    {"*", "aria-invalid", "true false grammar spelling"},
    {"*", "aria-orientation", "horizontal vertical undefined"},
    {"*", "aria-sort", "ascending descending none other"},
    {"*", "aria-autocomplete", "inline list both none"},
});

}  // namespace smbatcher::html_words
