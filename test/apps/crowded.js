// Twenty traces that end at once.
const { span } = require('autospan')

for (let i = 0; i < 20; i++) span(`job ${i}`, () => {})
