// The map of a list: fetched from Kartverket only after a click, since the tiles tell them who looks.
"use strict";

function prepare(box) {
  box.dataset.mapReady = "";
  const button = box.querySelector("[data-map-show]");
  const canvas = box.querySelector(".map__canvas");
  const points = JSON.parse(document.getElementById(box.dataset.map).textContent);
  button.hidden = points.length === 0;
  button.addEventListener("click", () => {
    box.querySelector(".map__ask").hidden = true;
    canvas.hidden = false;
    const map = L.map(canvas, { scrollWheelZoom: false });
    map.attributionControl.setPrefix(false);
    L.tileLayer("https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png", {
      maxZoom: 18,
      attribution: '<a href="https://www.kartverket.no/">© Kartverket</a>',
    }).addTo(map);
    const icon = L.divIcon({ className: "", html: '<span class="map__marker"></span>', iconSize: [24, 24], iconAnchor: [12, 28] });
    for (const point of points) {
      // Built from nodes, so that a name is text and never markup.
      const label = document.createElement(point.url ? "a" : "span");
      label.textContent = point.label;
      if (point.url) label.href = point.url;
      L.marker([point.lat, point.lon], { icon, title: point.label, alt: point.label }).bindPopup(label).addTo(map);
    }
    map.fitBounds(points.map((point) => [point.lat, point.lon]), { maxZoom: 15, padding: [40, 40] });
    canvas.querySelector(".leaflet-marker-icon")?.focus({ preventScroll: true });
  });
}

// Also the maps of a list that htmx has narrowed.
const prepareAll = () => document.querySelectorAll("[data-map]:not([data-map-ready])").forEach(prepare);
prepareAll();
document.addEventListener("htmx:afterSettle", prepareAll);
