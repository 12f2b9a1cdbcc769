// SPDX-License-Identifier: MIT
// check.js - looks at a report in frames of several widths and writes one line for each fault into the page; "checked N" when done.
'use strict';
const frames = document.querySelectorAll('iframe');
const say = text => { document.body.appendChild(document.createElement('pre')).textContent = text; };

async function check(frame) {
	const page = frame.contentDocument, width = frame.clientWidth, name = frame.dataset.name + ' at ' + width;
	const fault = text => say('fault: ' + name + ': ' + text);
	const root = page.documentElement;
	if (root.scrollWidth > root.clientWidth) {
		const wide = [...page.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('.wide'));
		fault('the page is ' + root.scrollWidth + ' wide: ' + wide.slice(0, 3).map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).join(', '));
	}
	for (const svg of page.querySelectorAll('svg')) {
		const box = svg.getBoundingClientRect();
		if (!(box.width > 300 && box.height > 60) || svg.querySelectorAll('path').length < 2)
			fault('a chart is not drawn: ' + svg.getAttribute('aria-label'));
		if (svg.querySelectorAll('title').length === 0 && !/Every sample/.test(svg.getAttribute('aria-label')))
			fault('a chart without values to hover over: ' + svg.getAttribute('aria-label'));
	}
	for (const image of page.querySelectorAll('img'))
		await image.decode().catch(() => fault('an image is not decoded: ' + image.src));
	const ids = [...page.querySelectorAll('[id]')].map(e => e.id), twice = ids.filter((id, i) => ids.indexOf(id) !== i);
	if (twice.length)
		fault('ids that are not unique: ' + twice.slice(0, 5));
	for (const link of page.querySelectorAll('a[href^="#"]'))
		if (!page.getElementById(decodeURIComponent(link.hash.slice(1))))
			fault('a link to nothing: ' + link.hash);
	for (const used of page.querySelectorAll('use'))
		if (!page.getElementById(used.getAttribute('xlink:href').slice(1)))
			fault('a mark that is not defined: ' + used.getAttribute('xlink:href'));
	const loaded = frame.contentWindow.performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:'));
	if (loaded.length)
		fault('it loads ' + loaded);
	sort(page, fault);
}

// Every table sorts by every column, both ways.
function sort(page, fault) {
	for (const table of page.querySelectorAll('table')) {
		const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0], many = body.rows.length;
		heads.slice(0, 12).forEach((head, column) => {
			const values = () => [...body.rows].map(r => r.cells[column]).filter(c => c.dataset.v !== undefined).map(c => +c.dataset.v);
			head.firstChild.click();
			const up = values();
			if (up.some((v, i) => i > 0 && v < up[i - 1]) || head.getAttribute('aria-sort') !== 'ascending')
				fault('column ' + head.textContent + ' does not sort');
			head.firstChild.click();
			const down = values();
			if (down.some((v, i) => i > 0 && v > down[i - 1]) || body.rows.length !== many)
				fault('column ' + head.textContent + ' does not sort down');
		});
	}
}

window.addEventListener('load', async () => {
	for (const frame of frames)
		await check(frame).catch(e => say('fault: ' + frame.dataset.name + ': ' + e));
	say('checked ' + frames.length);
});
