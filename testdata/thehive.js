// Compiles a worker's template over its reports as TheHive 4.1.24 does: in a
// scope of its own with name, artifact, content, success and status, and with
// the filter fang. See frontend/app/scripts/directives/report.js and
// filters/fang.js of https://github.com/TheHive-Project/TheHive.
"use strict";

angular.module("thehive", [])
  .config(["$compileProvider", (compile) => compile.debugInfoEnabled(false)])
  .filter("fang", () => (value) => {
    if (!value) return "";
    const plain = value.replaceAll("[.]", ".").replace(/hxxp/gi, "http");
    return plain.replaceAll(".", "[.]").replace(/http/gi, "hxxp");
  });

const injector = angular.bootstrap(document.createElement("div"), ["thehive"], { strictDi: true });

// show puts each report into a section of its own, and takes away those of
// before. A change makes another scope of one.
window.show = (template, reports, change = (scope) => scope) => injector.invoke(["$compile", "$rootScope", ($compile, $rootScope) => {
  for (let s = $rootScope.$$childHead; s; s = $rootScope.$$childHead) s.$destroy();
  document.querySelector("main").replaceChildren(...reports.map((report) => {
    const section = document.createElement("section");
    section.innerHTML = "<h2></h2>";
    section.firstChild.textContent = report.name;
    section.scope = change(report.scope);
    angular.element(section).append($compile(template)(Object.assign($rootScope.$new(true), structuredClone(section.scope))));
    return section;
  }));
  $rootScope.$digest();
}]);
