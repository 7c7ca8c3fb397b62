internal import Foundation

/// The legend below a map: a bar of the ramp with ticks, numbers and the unit, on white.
struct ColourBar {
    let range: ClosedRange<Double>
    let unit: String

    static let width = 320
    static let height = 48
    private static let margin = 24
    private static let barHeight = 12
    private static let tickCount = 6
    /// Picture pixels per pixel of the font.
    private static let zoom = 2

    func draw(into picture: inout Picture, top: Int) {
        for y in top..<picture.height {
            for x in 0..<picture.width { picture.set(x, y, .white) }
        }
        let width = ColourBar.width - 2 * ColourBar.margin - PixelFont.width(of: unit, zoom: ColourBar.zoom)
        let barTop = top + 8
        for x in 0..<width {
            let colour = ColourRamp.colour(at: Double(x) / Double(width - 1))
            for y in barTop..<barTop + ColourBar.barHeight { picture.set(ColourBar.margin + x, y, colour) }
        }
        for tick in 0..<ColourBar.tickCount {
            let share = Double(tick) / Double(ColourBar.tickCount - 1)
            let x = ColourBar.margin + Int((share * Double(width - 1)).rounded())
            for y in barTop..<barTop + ColourBar.barHeight + 4 { picture.set(x, y, .black) }
            let value = range.lowerBound + share * (range.upperBound - range.lowerBound)
            let label = ColourBar.label(value)
            PixelFont.draw(
                label, into: &picture, x: x - PixelFont.width(of: label, zoom: ColourBar.zoom) / 2,
                y: barTop + ColourBar.barHeight + 7, zoom: ColourBar.zoom)
        }
        PixelFont.draw(
            unit, into: &picture, x: ColourBar.margin + width + 8, y: barTop + 1, zoom: ColourBar.zoom)
    }

    private static func label(_ value: Double) -> String {
        var text = String(format: "%.3f", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
