import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { FiguresDesk } from '../figures.ts'
import type { Route } from '../route.ts'
import { alertRoutes } from './alert-routes.ts'
import type { Companions } from './companion-shelf.ts'
import { comparisonRoutes } from './comparison-routes.ts'
import { payRoutes } from './pay-routes.ts'
import { projectionRoutes } from './projection-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { sellRoutes } from './sell-routes.ts'
import { standingRoutes } from './standing-routes.ts'

/** What insights are answered from. */
export type InsightParts = {
  warehouse: Warehouse
  settings: Settings
  config: Config
  desk: FiguresDesk
  companions: Companions
}

/** Everything under `/api/v1/insights`. */
export function insightRoutes(parts: InsightParts): Route[] {
  return [
    ...projectionRoutes(parts),
    ...payRoutes(parts),
    ...sellRoutes(parts),
    ...comparisonRoutes(parts),
    ...alertRoutes(parts),
    ...ruleRoutes(parts),
    ...standingRoutes(parts),
  ]
}
