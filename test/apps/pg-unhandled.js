const { Client } = require('pg')

const client = new Client()
client.connect().then(() => {
  client.query("SELECT 'nobody', catches FROM this")
  setTimeout(() => client.end(), 100)
})
