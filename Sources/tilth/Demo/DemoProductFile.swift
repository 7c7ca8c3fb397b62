import Foundation
import Tiling

/// The product file of a demo world: what users copy to begin their own.
struct DemoProductFile {
    static let name = "demo.yaml"
    static let forestPath = "forests/demo.forest"

    let parameters: DemoParameters

    var text: String { [head, weather, land, output].joined(separator: "\n") }

    private var head: String {
        let grid = parameters.grid
        let edges = [("west", grid.west), ("east", grid.east), ("south", grid.south), ("north", grid.north)]
            .map { "\($0): \(short($1))" }.joined(separator: ", ")
        return """
            # A product: what to map, from which covariates, with which forests, and how to store it.
            # Paths are relative to this file. Check it with: tilth check \(DemoProductFile.name)
            name: demo

            # Outer edges in units of the CRS. A preset's name does too: grid: global-30arcsec
            grid: {crs: EPSG:4326, \(edges), pixel: "1/120"}
            period: \(parameters.period.first)..\(parameters.period.last)

            # One unit of work is one tile over one month. A tile is a square of so many pixels.
            unit: month
            tile: \(parameters.tilePixels)

            # 1 on land; no other pixel is computed.
            mask: {source: static/land.tif}

            # The pool of predictors; name and unit are what the forest knows. The rules apply in this order:
            # the file's own scale and offset -> scale, offset -> valid -> derive -> interpolate -> resample.
            covariates:

            """
    }

    private var weather: String {
        let index = "{terms: \(DemoParameters.indexTerms), decay: \(DemoParameters.indexDecay)}"
        return """
              # Antecedent precipitation (+ evaporation) index: 1000 * sum_{i=0..33} 0.91^i (tp + e)(t-i), of
              # summed variables; evaporation is negative in ERA5-Land. The 33 days before must be on disk.
              - name: apei
                unit: mm
                source: {netcdf: "era5land/era5land_{year}{month}.nc", variable: [tp, e]}
                derive: {antecedent-index: \(index), scale: 1000}
                resample: nearest             # the source cell that holds the pixel's centre

              - name: rain_5d                 # rain of the last five days, the day itself included
                unit: mm
                source: {netcdf: "era5land/era5land_{year}{month}.nc", variable: tp}
                scale: 1000                   # m -> mm
                derive: {running-sum: {days: 5}}
                resample: nearest

              - name: t2m                     # mean air temperature of the day
                unit: degC
                source: {netcdf: "era5land/era5land_{year}{month}.nc", variable: t2m}
                offset: -273.15               # K -> degC
                valid: [-80, 60]              # values outside count as missing
                resample: bilinear            # the four cells around the pixel's centre

              - name: evaporation             # of the day, positive upward
                unit: mm
                source: {netcdf: "era5land/era5land_{year}{month}.nc", variable: e}
                scale: -1000
                resample: nearest

              # One file every 16 days, counted from January 1st, named by its first day; linear between them.
              - name: ndvi
                unit: "1"
                source: {raster: "ndvi/NDVI_{year}{doy}.tif", every: \(DemoComposites.everyDays)}
                valid: [-0.2, 1]
                interpolate: linear
                resample: nearest

            """
    }

    private var land: String {
        """
          # What never changes. These files store g/kg, as SoilGrids does.
          - {name: clay, unit: "%", source: {raster: static/clay.tif}, scale: 0.1, valid: [0, 100]}
          - {name: sand, unit: "%", source: {raster: static/sand.tif}, scale: 0.1, valid: [0, 100]}
          - {name: silt, unit: "%", source: {raster: static/silt.tif}, scale: 0.1, valid: [0, 100]}
          - {name: elevation, unit: m, source: {raster: static/elevation.tif}}
          - {name: ti, unit: "ln(m)", source: {raster: static/ti.tif}}

          # What the grid and the calendar know by themselves.
          - {name: lat, unit: degrees_north, source: lat}
          - {name: lon, unit: degrees_east, source: lon}
          - {name: doy, unit: "1", source: day-of-year}

        """
    }

    private var output: String {
        """
        # One map per layer. Features come from the pool, in the order that the forest was trained with.
        layers:
          - name: surface
            depth: [0, 0.05]              # m below the surface
            model: \(DemoProductFile.forestPath)
            features: [\(DemoSamples.features.map(\.0).joined(separator: ", "))]

        # Stored value * scale = soil moisture.
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: "m3 m-3", compress: zstd}

        # Where covariates are missing: nodata leaves the pixel empty and says so, fail stops the unit.
        missing: nodata

        """
    }

    private func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : "\(value)"
    }
}
