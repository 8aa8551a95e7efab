import Writing

/// What every page begins with: its policy lets nothing be loaded, and nothing run but what its own hashes name.
package enum PageHead {
  /// Up to the body. `title` is not escaped yet; `style`, `script`: the page's own, the script as its hash alone.
  package static func html(title: String, style: (text: String, hash: String), scriptHash: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '\(style.hash)'; \
    script-src '\(scriptHash)'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>\(HTML.text(title))</title>
    <style>\(style.text)</style>
    </head>

    """
  }
}
