// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// A headless Chromium, driven over a pipe with the DevTools protocol.

const { spawn } = require('child_process');
const { pathToFileURL } = require('url');

class Browser {
	constructor(program, profile) {
		const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
		this.child = spawn(program, ['--headless=new', '--disable-gpu', '--no-first-run', '--hide-scrollbars',
			'--force-device-scale-factor=1', '--window-size=1280,1000', '--remote-debugging-pipe',
			'--user-data-dir=' + profile, ...root, 'about:blank'],
		{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
		this.waiting = new Map();
		this.last = 0;
		this.rest = '';
		this.events = [];
		this.child.stdio[4].on('data', bytes => this.read(bytes.toString()));
		this.child.on('exit', () => {
			for (const { reject } of this.waiting.values())
				reject(new Error('the browser has ended'));
		});
	}

	read(text) {
		const messages = (this.rest + text).split('\0');
		this.rest = messages.pop();
		for (const message of messages.map(JSON.parse)) {
			const call = this.waiting.get(message.id);
			if (!call) {
				this.events.push(message);
				continue;
			}
			this.waiting.delete(message.id);
			if (message.error)
				call.reject(new Error(message.error.message));
			else
				call.resolve(message.result);
		}
	}

	call(method, params, sessionId) {
		const id = ++this.last;
		this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
		return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
	}

	async open() {
		const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
		const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
		this.session = sessionId;
		for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
			await this.send(domain + '.enable');
	}

	send(method, params) {
		return this.call(method, params || {}, this.session);
	}

	// Until the condition, an expression of the page, is true; fails after some seconds.
	async wait(condition) {
		for (let i = 0; i < 200; i++) {
			if (await this.value(condition))
				return;
			await new Promise(resolve => setTimeout(resolve, 50));
		}
		throw new Error('never true: ' + condition);
	}

	async load(file) {
		this.events = [];
		await this.send('Page.navigate', { url: pathToFileURL(file).href });
		await this.wait('document.readyState === "complete" && document.querySelector("h1") !== null');
	}

	async value(expression) {
		const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true });
		if (answer.exceptionDetails)
			throw new Error(expression + ': ' + answer.exceptionDetails.exception.description);
		return answer.result.value;
	}

	// What the page complains about.
	complaints() {
		return this.events.filter(({ method, params }) =>
			method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded' && params.entry.level === 'error' ||
			method === 'Runtime.consoleAPICalled' && params.type === 'error')
			.map(({ params }) => JSON.stringify(params).slice(0, 400));
	}

	requests() {
		return this.events.filter(({ method, params }) =>
			method === 'Network.requestWillBeSent' && !/^(data|file):/.test(params.request.url)).length;
	}

	async box(selector) {
		return JSON.parse(await this.value(`(() => {
			const element = document.querySelector(${JSON.stringify(selector)});
			element.scrollIntoView({ block: 'center' });
			const box = element.getBoundingClientRect();
			return JSON.stringify({ x: box.x, y: box.y, width: box.width, height: box.height });
		})()`));
	}

	mouse(type, x, y, more) {
		return this.send('Input.dispatchMouseEvent', { type, x, y, ...more });
	}

	async click(selector) {
		const box = await this.box(selector), x = box.x + box.width / 2, y = box.y + box.height / 2;
		await this.mouse('mousePressed', x, y, { button: 'left', clickCount: 1 });
		await this.mouse('mouseReleased', x, y, { button: 'left', clickCount: 1 });
	}

	async drag(selector, from, to) {
		const box = await this.box(selector), y = box.y + box.height / 2;
		const at = share => box.x + share * box.width;
		await this.mouse('mouseMoved', at(from), y);
		await this.mouse('mousePressed', at(from), y, { button: 'left', buttons: 1, clickCount: 1 });
		await this.mouse('mouseMoved', at((from + to) / 2), y, { buttons: 1, button: 'left' });
		await this.mouse('mouseMoved', at(to), y, { buttons: 1, button: 'left' });
		await this.mouse('mouseReleased', at(to), y, { button: 'left', clickCount: 1 });
	}

	async key(key, text) {
		const code = { ArrowLeft: 37, ArrowRight: 39, Home: 36, End: 35, Enter: 13 }[key] || key.charCodeAt(0);
		await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text, windowsVirtualKeyCode: code });
		await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode: code });
	}

	async type(selector, text) {
		await this.value(`(() => {
			const element = document.querySelector(${JSON.stringify(selector)});
			element.focus();
			element.value = '';
			element.dispatchEvent(new Event('input', { bubbles: true }));
		})()`);
		if (text)
			await this.send('Input.insertText', { text });
	}

	async close() {
		try {
			await this.call('Browser.close');
		} catch (error) {
			// it may be gone before it answers
		}
	}
}

module.exports = { Browser };
