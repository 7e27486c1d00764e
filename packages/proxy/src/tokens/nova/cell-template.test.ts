import { expect, test } from "vitest";
import { fillCellTemplate } from "./cell-template.ts";

const DATABASE = "mysql+pymysql://nova:p%40ss@db.example:3306/nova_cell0?charset=utf8#part";

test.each([
  ["mysql://else@where/nova", "mysql://else@where/nova"],
  [
    "{scheme}://{username}:{password}@{hostname}:{port}/nova_cell1?{query}",
    "mysql+pymysql://nova:p%40ss@db.example:3306/nova_cell1?charset=utf8",
  ],
  ["{scheme}://{hostname}/{path}#{fragment}", "mysql+pymysql://db.example/nova_cell0#part"],
  ["{scheme}://a{{b}}", "mysql+pymysql://a{b}"],
])("%s becomes %s", (template, filled) => {
  expect(fillCellTemplate(template, DATABASE)).toBe(filled);
});

test("the parts of several hosts have numbers", () => {
  const source = "rabbit://a:x@host1:5672,b:y@[fd00::1]:5673/vhost";
  expect(
    fillCellTemplate("rabbit://{username1}:{password1}@{hostname1}:{port1},{username2}@{hostname2}/{path}", source),
  ).toBe("rabbit://a:x@host1:5672,b@fd00::1/vhost");
});

test("what the configuration does not have is named, and nothing is quoted", () => {
  expect(() => fillCellTemplate("mysql://{username}:{port}@db/nova", "mysql://nova:secret@db/nova")).toThrow(
    "the configuration's URL has nothing for {port} of the cell mapping",
  );
  expect(() => fillCellTemplate("mysql://{hostname}/nova", undefined)).toThrow("no URL that fills it");
  expect(() => fillCellTemplate("mysql://{toString}/nova", DATABASE)).toThrow("nothing for {toString}");
});
