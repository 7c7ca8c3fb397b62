internal import Foundation
internal import Tiling

/// Along one axis: which fine pixels lie under each coarse cell, and what share of their weight.
struct CellShares {
    /// The fine pixels under each cell; on a map of the whole globe the cell on the date line has some at
    /// either end of its rows.
    private(set) var pixels: [[Int]] = []
    /// Of the pixels.
    private(set) var weights: [[Double]] = []

    /// Columns weigh by their width under the cell.
    init(columnsOf fine: Grid, under coarse: Grid) {
        self.init(
            cellCount: coarse.columns, pixelCount: fine.columns,
            edge: { (coarse.west + Double($0) * coarse.pixelWidth - fine.west) / fine.pixelWidth },
            ring: fine.isGeographic && fine.east - fine.west > 360 - fine.pixelWidth
                ? 360 / fine.pixelWidth : nil,
            measure: { $1 - $0 })
    }

    /// Rows weigh by their area: on a grid of degrees a row nearer to the pole is smaller.
    init(rowsOf fine: Grid, under coarse: Grid) {
        func latitude(_ row: Double) -> Double { (fine.north - row * fine.pixelHeight) * .pi / 180 }
        self.init(
            cellCount: coarse.rows, pixelCount: fine.rows,
            edge: { (fine.north - coarse.north + Double($0) * coarse.pixelHeight) / fine.pixelHeight },
            measure: { fine.isGeographic ? sin(latitude($0)) - sin(latitude($1)) : $1 - $0 })
    }

    /// `edge` gives the place of a cell's edge in fine pixels, `measure` the weight between two places;
    /// `ring` is how many fine pixels go once round the globe.
    private init(
        cellCount: Int, pixelCount: Int, edge: (Int) -> Double, ring: Double? = nil,
        measure: (Double, Double) -> Double
    ) {
        for cell in 0..<cellCount {
            pixels.append([])
            weights.append([])
            for turn in ring.map({ [0, $0, -$0] }) ?? [0] {
                let low = Self.snapped(max(edge(cell) + turn, 0))
                let high = Self.snapped(min(edge(cell + 1) + turn, Double(pixelCount)))
                guard low < high else { continue }
                for pixel in Int(low.rounded(.down))..<Int(high.rounded(.up)) {
                    pixels[cell].append(pixel)
                    weights[cell].append(measure(max(low, Double(pixel)), min(high, Double(pixel + 1))))
                }
            }
        }
    }

    /// Edges of grids that nest coincide, whatever the last bits of their numbers.
    private static func snapped(_ place: Double) -> Double {
        abs(place - place.rounded()) < 1e-6 ? place.rounded() : place
    }
}
