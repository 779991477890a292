// The map of a list: fetched from Kartverket only after a click, since the tiles tell them who looks.
"use strict";

const TILES = "https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png";
const DEEPEST = 18;
// Markers nearer each other than this many pixels would cover each other, and become one with a number.
const NEAR = 36;

// Groups the points that stand near each other at this zoom. The first of a group is its middle, so that
// the same points always give the same groups.
function grouped(map, points, zoom) {
  const groups = [];
  for (const point of points) {
    const spot = map.project([point.lat, point.lon], zoom);
    const near = groups.find((group) => group.spot.distanceTo(spot) < NEAR);
    if (near) near.points.push(point);
    else groups.push({ spot, points: [point] });
  }
  return groups.map((group) => group.points);
}

// Built from nodes, so that a name is text and never markup.
function labelOf(point) {
  const label = document.createElement(point.url ? "a" : "span");
  label.textContent = point.label;
  if (point.url) label.href = point.url;
  return label;
}

function listOf(points) {
  const list = document.createElement("ul");
  list.className = "map__list";
  for (const point of points) {
    list.appendChild(document.createElement("li")).append(labelOf(point));
  }
  return list;
}

const boundsOf = (points) => L.latLngBounds(points.map((point) => [point.lat, point.lon]));

function single(point) {
  const icon = L.divIcon({ className: "", html: '<span class="map__marker"></span>', iconSize: [24, 24], iconAnchor: [12, 28] });
  return L.marker([point.lat, point.lon], { icon, title: point.label }).bindPopup(labelOf(point));
}

// One marker for several places. It opens up when it is pressed; what stands at the very same spot is listed.
function cluster(map, points, text) {
  const icon = L.divIcon({ className: "", html: `<span class="map__cluster">${points.length}</span>`, iconSize: [36, 36] });
  const marker = L.marker(boundsOf(points).getCenter(), { icon, title: text.replace("#", points.length) });
  marker.places = points;
  if (grouped(map, points, DEEPEST).length === 1) return marker.bindPopup(() => listOf(points));
  const open = () => {
    map.places = points;
    map.fitBounds(boundsOf(points), { maxZoom: DEEPEST, padding: [40, 40], animate: false });
  };
  return marker.on("click", open).on("keypress", ({ originalEvent }) => {
    if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
    originalEvent.preventDefault();
    open();
  });
}

function nameMarker(marker, text) {
  const names = marker.places.map((point) => point.label).join(", ");
  marker.getElement().setAttribute("aria-label", `${text.replace("#", marker.places.length)}: ${names}`);
}

function show(box, canvas, points) {
  const words = box.dataset;
  const map = L.map(canvas, { scrollWheelZoom: false, zoomControl: false });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.attributionControl.setPrefix(false);
  L.tileLayer(TILES, { maxZoom: DEEPEST, attribution: '<a href="https://www.kartverket.no/">© Kartverket</a>' }).addTo(map);
  const layer = L.layerGroup().addTo(map);
  const draw = () => {
    layer.clearLayers();
    let first = null;
    for (const group of grouped(map, points, map.getZoom())) {
      const marker = group.length === 1 ? single(group[0]) : cluster(map, group, words.places);
      marker.addTo(layer);
      if (marker.places) nameMarker(marker, words.places);
      if (map.places && !first && group.some((point) => map.places.includes(point))) first = marker;
    }
    // The marker that was pressed is gone; whoever uses the keyboard goes on from the first one in it.
    if (first) first.getElement().focus({ preventScroll: true });
    map.places = null;
  };
  let opener = null;
  map.on("popupopen", ({ popup }) => {
    const box = popup.getElement();
    box.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    opener = document.activeElement;
    box.querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    if (popup.getElement().contains(document.activeElement)) opener?.focus({ preventScroll: true });
  });
  map.fitBounds(boundsOf(points), { maxZoom: 15, padding: [40, 40] });
  map.on("zoomend", draw);
  draw();
  canvas.querySelector(".leaflet-marker-icon")?.focus({ preventScroll: true });
}

function prepare(box) {
  box.dataset.mapReady = "";
  const button = box.querySelector("[data-map-show]");
  const canvas = box.querySelector(".map__canvas");
  const points = JSON.parse(document.getElementById(box.dataset.map).textContent);
  button.hidden = points.length === 0;
  button.addEventListener("click", () => {
    box.querySelector(".map__ask").hidden = true;
    canvas.hidden = false;
    show(box, canvas, points);
  });
}

// Also the maps of a list that htmx has narrowed.
const prepareAll = () => document.querySelectorAll("[data-map]:not([data-map-ready])").forEach(prepare);
prepareAll();
document.addEventListener("htmx:afterSettle", prepareAll);
