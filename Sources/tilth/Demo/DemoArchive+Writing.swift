import Foundation
import Rasters
import Tiling

extension DemoArchive {
    /// Writes `era5land_{year}{month}.nc` files as the Climate Data Store made them: packed daily steps on
    /// cell centres, rows from the north.
    func write(to folder: String) throws {
        // Cell centres are whole tenths of a degree, so the first edge lies half a cell outside.
        let grid = Grid(
            crs: "EPSG:4326", west: Double(2 * cells.westTenths - 1) / 20,
            north: Double(2 * cells.northTenths + 1) / 20,
            pixelWidth: 0.1, pixelHeight: 0.1, columns: cells.columns, rows: cells.rows)
        for month in months {
            let path = PathTemplate(folder + "/era5land_{year}{month}.nc").path(for: month.days.first)
            let variables = [
                variable("tp", "Total precipitation", "m", month.rain),
                variable("e", "Evaporation", "m of water equivalent", month.evaporation),
                variable("t2m", "2 metre temperature", "K", month.temperature),
            ]
            let writer = try NetCDFWriter(
                path: path + ".partial", grid: grid, times: month.days.map { TimeStep(day: $0) },
                variables: variables, attributes: ["title": "Synthetic weather in the form of ERA5-Land"])
            for (name, packed) in [("tp", month.rain), ("e", month.evaporation), ("t2m", month.temperature)] {
                try writer.write(.int16(packed.stored), variable: name)
            }
            try writer.close()
            guard rename(path + ".partial", path) == 0 else {
                throw DemoError("\(path): cannot be put in place: \(String(cString: strerror(errno)))")
            }
        }
    }

    private func variable(
        _ name: String, _ longName: String, _ unit: String, _ packed: DemoPacked
    ) -> NetCDFWriter.Variable {
        NetCDFWriter.Variable(
            name: name, longName: longName,
            encoding: OutputEncoding(
                type: .int16, scale: packed.scale, offset: packed.offset, noData: Double(DemoPacked.fill),
                unit: unit))
    }
}
