require('./express-table')(require('express'), require('express/package.json').version.startsWith('4.'))
