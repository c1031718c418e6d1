// Writes one workbook in several formats with SheetJS: node write_books.js NODE_MODULES FOLDER < {"kinds": [...], "sheets": [[name, cells, hidden]]}
const XLSX = require(process.argv[2] + "/xlsx");
const { kinds, sheets } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const book = XLSX.utils.book_new();
for (const [name, cells] of sheets) XLSX.utils.book_append_sheet(book, cells, name);
book.Workbook = { Sheets: sheets.map((sheet) => ({ Hidden: sheet[2] })) };
for (const kind of kinds) XLSX.writeFile(book, `${process.argv[3]}/book.${kind}`, { bookType: kind === "xls" ? "biff8" : kind, bookSST: true });
