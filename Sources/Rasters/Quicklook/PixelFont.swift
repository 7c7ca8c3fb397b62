/// A font of 3 x 5 pixels, enough for numbers and units. Characters that it lacks leave a gap.
enum PixelFont {
    private static let glyphs: [Character: [String]] = [
        "0": ["###", "# #", "# #", "# #", "###"], "1": [" # ", "## ", " # ", " # ", "###"],
        "2": ["###", "  #", "###", "#  ", "###"], "3": ["###", "  #", "###", "  #", "###"],
        "4": ["# #", "# #", "###", "  #", "  #"], "5": ["###", "#  ", "###", "  #", "###"],
        "6": ["###", "#  ", "###", "# #", "###"], "7": ["###", "  #", " # ", " # ", " # "],
        "8": ["###", "# #", "###", "# #", "###"], "9": ["###", "# #", "###", "  #", "###"],
        ".": ["   ", "   ", "   ", "   ", " # "], "-": ["   ", "   ", "###", "   ", "   "],
        "m": ["     ", "     ", "#### ", "# # #", "# # #"], "%": ["# #", "  #", " # ", "#  ", "# #"],
    ]

    static func width(of text: String, zoom: Int) -> Int {
        text.reduce(0) { $0 + ((glyphs[$1]?[0].count ?? 3) + 1) * zoom }
    }

    static func draw(_ text: String, into picture: inout Picture, x: Int, y: Int, zoom: Int) {
        var left = x
        for character in text {
            let glyph = glyphs[character] ?? []
            for (row, line) in glyph.enumerated() {
                for (column, mark) in line.enumerated() where mark == "#" {
                    for offset in 0..<zoom * zoom {
                        picture.set(
                            left + column * zoom + offset % zoom, y + row * zoom + offset / zoom, .black)
                    }
                }
            }
            left += width(of: String(character), zoom: zoom)
        }
    }
}
