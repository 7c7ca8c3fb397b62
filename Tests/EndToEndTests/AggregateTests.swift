import Foundation
import Rasters
import Testing
import Tiling

/// `tilth aggregate`: the finished map made coarse.
@Suite struct AggregateTests {
    private func values(_ path: String) throws -> (grid: Grid, values: [Float]) {
        let file = try RasterFile(path: path)
        let grid = file.info.grid
        return (
            grid,
            try file.read(
                window: PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows), bands: [1])
        )
    }

    /// The mean of a cell from the definition: every pixel with the area that it shares with the cell.
    private func mean(
        _ fine: (grid: Grid, values: [Float]), west: Double, north: Double, size: Double, share: Double
    ) -> Double? {
        var (sum, valid, all) = (0.0, 0.0, 0.0)
        let grid = fine.grid
        for row in 0..<grid.rows {
            let top = min(north, grid.north - Double(row) * grid.pixelHeight)
            let bottom = max(north - size, grid.north - Double(row + 1) * grid.pixelHeight)
            guard top > bottom + 1e-9 else { continue }
            for column in 0..<grid.columns {
                let left = max(west, grid.west + Double(column) * grid.pixelWidth)
                let right = min(west + size, grid.west + Double(column + 1) * grid.pixelWidth)
                guard right > left + 1e-9 else { continue }
                let weight = (right - left) * (sin(top * .pi / 180) - sin(bottom * .pi / 180))
                all += weight
                let value = fine.values[row * grid.columns + column]
                guard !value.isNaN else { continue }
                valid += weight
                sum += weight * Double(value)
            }
        }
        return valid > 0 && valid >= (share - 1e-9) * all ? sum / valid : nil
    }

    /// 0.25 degrees nest in the pixels, 0.1 degrees cut them; half of the map is without clay, so no-data.
    @Test(arguments: [(0.25, 4), (0.1, 10)]) func cellsAreMeansByArea(size: Double, count: Int) throws {
        let world = try TinyWorld(
            yaml: TinyWorld.yaml.replacing("resample: nearest}", with: "resample: nearest, outside: nodata}"))
        try world.writeClay(
            grid: .init(
                crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 1 / 32.0, pixelHeight: 1 / 32.0,
                columns: 21, rows: 32))
        #expect(try world.runAll().code == 0)
        for share in [0.5, 0.9] {
            let folder = world.folder.file("coarse-\(share)")
            let result = try world.tilth(
                "aggregate", world.run, "--to", "\(size)", "--minimum-share", "\(share)", "-o", folder)
            #expect(result.code == 0, "\(result.all)")
            #expect(result.output.contains("10 maps of \(count) x \(count) cells"), "\(result.all)")
            let fine = try values(world.run + "/mosaics/2016/TILTH_SURFACE_20160107.tif")
            let coarse = try values("\(folder)/2016/TILTH_SURFACE_20160107_\(size).tif")
            #expect(abs(coarse.grid.west - (10 - size / 2)) < 1e-9, "\(coarse.grid)")
            #expect(abs(coarse.grid.north - (50 + size / 2)) < 1e-9, "\(coarse.grid)")
            var holes = 0
            for row in 0..<count {
                for column in 0..<count {
                    let found = coarse.values[row * count + column]
                    let expected = mean(
                        fine, west: 10 + (Double(column) - 0.5) * size,
                        north: 50 - (Double(row) - 0.5) * size, size: size, share: share)
                    if let expected {
                        #expect(abs(Double(found) - expected) < 0.0005 + 1e-6, "\(row) \(column)")
                    } else {
                        holes += 1
                        #expect(found.isNaN, "\(row) \(column)")
                    }
                }
            }
            #expect(holes > 0 && holes < count * count)
        }
    }

    /// The cell on the date line has its western half at the other end of the map; those on the poles have
    /// one half only.
    @Test func theGlobeHasNoSeam() throws {
        let world = try TinyWorld(
            yaml: """
                name: globe
                grid: {crs: "EPSG:4326", west: -180, east: 180, south: -90, north: 90, pixel: 5.625}
                period: 2016-01-05
                tile: 32
                covariates:
                  - {name: clay, unit: "%", source: {raster: clay.tif}}
                  - {name: lat, unit: degrees_north, source: lat}
                  - {name: lon, unit: degrees_east, source: lon}
                layers:
                  - {name: surface, model: tiny.forest, features: [clay, lat, lon]}
                output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}
                """)
        try world.writeForest(features: ["clay", "lat", "lon"])
        try world.writeRaster(
            "clay.tif",
            grid: .init(
                crs: "EPSG:4326", west: -180, north: 90, pixelWidth: 5.625, pixelHeight: 5.625, columns: 64,
                rows: 32)
        ) { Float($0 % 37) }
        #expect(try world.runAll().code == 0)
        let result = try world.tilth("aggregate", world.run, "--to", "10", "--minimum-share", "0.5")
        #expect(result.output.contains("1 map of 36 x 19 cells"), "\(result.all)")
        let fine = try values(world.run + "/mosaics/2016/TILTH_SURFACE_20160105.tif")
        let coarse = try values(world.run + "/aggregated/10/2016/TILTH_SURFACE_20160105_10.tif")
        try #require(coarse.grid.west == -185 && coarse.grid.north == 95 && coarse.grid.columns == 36)
        for row in 0..<coarse.grid.rows {
            let north = min(90, 95 - 10 * Double(row))
            let south = max(-90, 85 - 10 * Double(row))
            var (sum, all) = (0.0, 0.0)
            for line in 0..<32 {
                let top = min(north, 90 - 5.625 * Double(line))
                let bottom = max(south, 90 - 5.625 * Double(line + 1))
                guard top > bottom else { continue }
                let height = sin(top * .pi / 180) - sin(bottom * .pi / 180)
                // -185..-175: five degrees of the first column, five of the last.
                sum += height * (Double(fine.values[line * 64]) + Double(fine.values[line * 64 + 63])) / 2
                all += height
            }
            #expect(abs(Double(coarse.values[row * 36]) - sum / all) < 0.0005 + 1e-6, "row \(row)")
        }
    }

    @Test func whatIsNotFinishedOrNotRightIsNamed() throws {
        let world = try TinyWorld()
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let nothing = try world.tilth("aggregate", world.run, "--to", "0.25")
        #expect(nothing.code == 1, "\(nothing.all)")
        #expect(nothing.errors.contains("no mosaic of 2016-01-05..2016-01-14"), "\(nothing.errors)")
        let fine = try world.tilth("aggregate", world.run, "--to", "0.001")
        #expect(fine.code == 2 && fine.errors.split(separator: "\n").count == 1, "\(fine.errors)")

        #expect(try world.runAll().code == 0)
        let mosaic = world.run + "/mosaics/2016/TILTH_SURFACE_20160107.tif"
        var bytes = try Data(contentsOf: URL(filePath: mosaic))
        bytes[bytes.count / 2] ^= 0xff
        try bytes.write(to: URL(filePath: mosaic))
        let damaged = try world.tilth("aggregate", world.run, "--to", "0.25", "--days", "2016-01-07")
        #expect(damaged.code == 2, "\(damaged.all)")
        #expect(
            damaged.errors.contains("TILTH_SURFACE_20160107.tif: is gone, or not what its receipt says"),
            "\(damaged.errors)")
        #expect(damaged.errors.split(separator: "\n").count == 1, "\(damaged.errors)")
    }
}
