//! Tables that people open in a spreadsheet: written so that no cell acts, and read within limits.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

/// The media type of an Excel file.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const CSV: &str = "text/csv";

/// A spreadsheet takes a cell that begins so for a formula.
const ACTING: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The cell with an apostrophe before what would act.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(ACTING) { format!("'{cell}") } else { cell.to_owned() }
}

/// The cell as it was before [`harmless`].
pub fn as_meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(ACTING)).unwrap_or(cell)
}

/// A table as it was read: its head, and every row that holds something, with its number.
#[derive(Debug, Default)]
pub struct Sheet {
    pub head: Vec<String>,
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Why a table cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not what it should be, in words.
    Malformed(String),
    /// More rows than this.
    TooManyRows(usize),
    /// More bytes than this, once unpacked.
    TooLarge(usize),
}

/// Rows below the head.
pub const MOST_ROWS: usize = 10_000;
const MOST_COLUMNS: usize = 200;
/// A small file can unpack to anything.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;
/// All cells together; one long text may stand in many of them.
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// Reads a CSV file or the first sheet of an Excel file, whichever it is.
pub fn read(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    if bytes.starts_with(b"PK") { read_xlsx(bytes) } else { read_csv(bytes) }
}

fn malformed(what: impl Into<String>) -> Unreadable {
    Unreadable::Malformed(what.into())
}

fn read_csv(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("the file is not UTF-8; save it as \"CSV UTF-8\""))?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|err| malformed(format!("the file is not CSV: {err}")))? {
        if record.len() > MOST_COLUMNS {
            return Err(malformed(format!("there are more than {MOST_COLUMNS} columns")));
        }
        let at = usize::try_from(record.position().map_or(0, csv::Position::byte)).unwrap_or(usize::MAX);
        let line = lines.up_to(at);
        let cells = record.iter().map(|cell| as_meant(cell.trim()).to_owned()).collect();
        sheet.push(line, cells)?;
    }
    sheet.checked()
}

/// Counts lines, as an editor does; the reader of CSV says where a record begins before the blank lines that it leaves out.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the first sign from here on that is not the end of a line.
    fn up_to(&mut self, at: usize) -> u32 {
        while let Some(&byte) = self.text.get(self.counted).filter(|byte| self.counted < at || matches!(byte, b'\r' | b'\n')) {
            self.line += u32::from(byte == b'\n');
            self.counted += 1;
        }
        self.line
    }
}

/// What stands most often between the cells of the head: the comma, or what spreadsheets of other countries write for it.
fn delimiter(text: &str) -> u8 {
    let (mut quoted, mut found) = (false, [(b',', 0), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => found.iter_mut().filter(|(sign, _)| *sign == byte).for_each(|(_, times)| *times += 1),
            _ => {}
        }
    }
    found.iter().rev().max_by_key(|(_, times)| *times).map_or(b',', |(sign, _)| *sign)
}

fn read_xlsx(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    check_unpacked(bytes)?;
    let broken = |err: calamine::XlsxError| malformed(format!("the file is no Excel file that can be read: {err}"));
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| malformed("the file has no sheet"))?;
    // Cell by cell: a sheet with one cell in its last corner would be a table of billions.
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let (mut sheet, mut row, mut text) = (Sheet::default(), (0, Vec::new()), 0);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let value = written(cell.get_value());
        if value.is_empty() {
            continue;
        }
        if column >= MOST_COLUMNS {
            return Err(malformed(format!("there are more than {MOST_COLUMNS} columns")));
        }
        text += value.len();
        if text > MOST_TEXT {
            return Err(Unreadable::TooLarge(MOST_TEXT));
        }
        if at + 1 != row.0 {
            sheet.push(row.0, std::mem::take(&mut row.1))?;
            row.0 = at + 1;
        }
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        row.1[column] = value;
    }
    sheet.push(row.0, row.1)?;
    sheet.checked()
}

/// Unpacks every part to nowhere: what a part says of its own size need not be true.
fn check_unpacked(bytes: &[u8]) -> Result<(), Unreadable> {
    let broken = |err: zip::result::ZipError| malformed(format!("the file is no Excel file that can be read: {err}"));
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = MOST_UNPACKED as u64;
    for i in 0..parts.len() {
        let part = parts.by_index(i).map_err(broken)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|err| malformed(format!("the file is no Excel file that can be read: {err}")))?;
        left = left.checked_sub(read).ok_or(Unreadable::TooLarge(MOST_UNPACKED))?;
    }
    Ok(())
}

fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => as_meant(text.trim()).to_owned(),
        DataRef::SharedString(text) => as_meant(text.trim()).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::Error(err) => err.to_string(),
    }
}

impl Sheet {
    /// Adds a row that holds something; the first is the head.
    fn push(&mut self, number: u32, cells: Vec<String>) -> Result<(), Unreadable> {
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        if self.head.is_empty() {
            self.head = cells;
            return Ok(());
        }
        if self.rows.len() >= MOST_ROWS {
            return Err(Unreadable::TooManyRows(MOST_ROWS));
        }
        self.rows.push((number, cells));
        Ok(())
    }

    fn checked(self) -> Result<Self, Unreadable> {
        if self.head.is_empty() { Err(malformed("the file is empty; its first row names the columns")) } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_would_act_is_kept_and_does_not() {
        for cell in ["=1+1", "+39 06", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
            assert_eq!(as_meant(&harmless(cell)), cell);
        }
        for cell in ["plain", "'quoted'", "a=b", ""] {
            assert_eq!(harmless(cell), cell);
            assert_eq!(as_meant(cell), cell);
        }
    }

    #[test]
    fn csv_comes_in_several_dialects() {
        for text in
            ["name,note\nAda,\"a, b\"\n\nBo,c\n", "\u{feff}name;note\r\nAda;\"a, b\"\r\n\r\nBo;c\r\n", "name\tnote\nAda\ta, b\n\nBo\tc"]
        {
            let sheet = read(text.as_bytes()).expect(text);
            assert_eq!(sheet.head, ["name", "note"]);
            assert_eq!(sheet.rows, [(2, vec!["Ada".to_owned(), "a, b".to_owned()]), (4, vec!["Bo".to_owned(), "c".to_owned()])]);
        }
    }

    #[test]
    fn what_is_no_table_is_refused_within_limits() {
        for bytes in [&b""[..], b"\n\n", b"\xff\xfe\x00", b"PK\x03\x04 nothing"] {
            assert!(matches!(read(bytes), Err(Unreadable::Malformed(_))), "{bytes:?}");
        }
        let many = format!("name\n{}", "x\n".repeat(MOST_ROWS + 1));
        assert_eq!(read(many.as_bytes()).err(), Some(Unreadable::TooManyRows(MOST_ROWS)));
        let wide = ",".repeat(MOST_COLUMNS + 1);
        assert!(matches!(read(wide.as_bytes()), Err(Unreadable::Malformed(_))));
    }

    fn book(fill: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().expect("a workbook")
    }

    #[test]
    fn an_excel_file_is_read_by_its_cells() {
        let bytes = book(|sheet| {
            sheet.write(0, 0, "name").expect("a cell");
            sheet.write(0, 2, "seats").expect("a cell");
            sheet.write(3, 0, "'=1+1").expect("a cell");
            sheet.write(3, 2, 12).expect("a cell");
        });
        let sheet = read(&bytes).expect("a sheet");
        assert_eq!(sheet.head, ["name", "", "seats"]);
        assert_eq!(sheet.rows, [(4, vec!["=1+1".to_owned(), String::new(), "12".to_owned()])]);
    }

    #[test]
    fn an_excel_file_cannot_grow_beyond_measure() {
        let corner = book(|sheet| {
            sheet.write(0, 0, "name").expect("a cell");
            sheet.write(1_048_575, 16_383, "far away").expect("a cell");
        });
        assert!(matches!(read(&corner), Err(Unreadable::Malformed(_))));
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::copy(&mut std::io::repeat(b'x').take(MOST_UNPACKED as u64 + 1), &mut bomb).expect("a long part");
        let bomb = bomb.finish().expect("a file").into_inner();
        assert!(bomb.len() < 5 * 1024 * 1024, "{}", bomb.len());
        assert!(matches!(read(&bomb), Err(Unreadable::TooLarge(_))));
    }
}
