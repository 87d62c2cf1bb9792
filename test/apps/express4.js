require('./express-table')(require('express4'), true)
