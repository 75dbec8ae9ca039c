/** Makes a new PGlite directory, in a process of its own: making one takes half a gigabyte of memory that only the end of a process gives back. */
import { PGlite } from '@electric-sql/pglite'

const directory = process.argv[2]
if (directory === undefined) throw new Error('which directory?')
const database = await PGlite.create(directory)
await database.close()
