import { expect } from 'chai'
import { profileColumns } from './profile.ts'
import { guessRoles, type Role } from './roles.ts'

/** Cells as columns of each kind have them, of two sales with two lines each. */
const cells = {
  date: ['2024-03-13', '2024-03-13', '2024-03-14', '2024-03-14'],
  id: ['7001', '7001', '7002', '7002'],
  code: ['A1', 'A1', 'B2', 'B2'],
  product: ['8801', '8802', '8803', '8801'],
  name: ['Rice 1 kg', 'Soap', 'Milk', 'Rice 1 kg'],
  pieces: ['1', '2', '3', '1'],
  money: ['10.50', '21.30', '7.25', '10.50'],
}
type Kind = keyof typeof cells

/** The headers of one export, each with what it holds and what it is for. */
const exports: Record<string, [header: string, kind: Kind, role: Role][]> = {
  'a chain in India': [
    ['bill_no', 'id', 'sale'],
    ['bill_dt', 'date', 'soldAt'],
    ['store_no', 'code', 'store'],
    ['sku_code', 'product', 'product'],
    ['item_desc', 'name', 'productName'],
    ['qty_sold', 'pieces', 'quantity'],
    ['mrp', 'money', 'unitPrice'],
    ['net_amt', 'money', 'revenue'],
    ['disc_amt', 'money', 'discount'],
  ],
  'tills of many brands': [
    ['txn', 'id', 'sale'],
    ['txn_date', 'date', 'soldAt'],
    ['outlet', 'code', 'store'],
    ['pos_id', 'id', 'till'],
    ['ndc', 'product', 'product'],
    ['qty', 'pieces', 'quantity'],
    ['amt', 'money', 'revenue'],
    ['cashier_no', 'code', 'seller'],
  ],
  'short names in English': [
    ['trx_id', 'id', 'sale'],
    ['trans_dt', 'date', 'soldAt'],
    ['site', 'code', 'store'],
    ['upc_code', 'product', 'product'],
    ['units_sold', 'pieces', 'quantity'],
    ['sell_price', 'money', 'unitPrice'],
    ['ext_price', 'money', 'revenue'],
    ['salesman', 'code', 'seller'],
    ['cust_no', 'code', 'customer'],
  ],
  invoices: [
    ['invoice_no', 'id', 'sale'],
    ['invoice_dt', 'date', 'soldAt'],
    ['branch_cd', 'code', 'store'],
    ['item_no', 'product', 'product'],
    ['nos', 'pieces', 'quantity'],
    ['rate', 'money', 'unitPrice'],
    ['line_amt', 'money', 'revenue'],
    ['sales_executive', 'code', 'seller'],
  ],
  'a Brazilian back office': [
    ['cupom', 'id', 'sale'],
    ['dt_movto', 'date', 'soldAt'],
    ['filial', 'code', 'store'],
    ['cod_prod', 'product', 'product'],
    ['desc_prod', 'name', 'productName'],
    ['qtd_vend', 'pieces', 'quantity'],
    ['vl_unit', 'money', 'unitPrice'],
    ['vl_liq', 'money', 'revenue'],
    ['vendedor_id', 'code', 'seller'],
  ],
  'Brazilian invoices': [
    ['nota', 'id', 'sale'],
    ['data_emissao', 'date', 'soldAt'],
    ['cod_filial', 'code', 'store'],
    ['cod_barra', 'product', 'product'],
    ['qtde', 'pieces', 'quantity'],
    ['pr_venda', 'money', 'unitPrice'],
    ['vl_total', 'money', 'revenue'],
    ['cod_vend', 'code', 'seller'],
    ['cod_cli', 'code', 'customer'],
  ],
  'tills in Spanish': [
    ['nro_boleta', 'id', 'sale'],
    ['fecha_venta', 'date', 'soldAt'],
    ['local', 'code', 'store'],
    ['cod_articulo', 'product', 'product'],
    ['cant', 'pieces', 'quantity'],
    ['precio_unit', 'money', 'unitPrice'],
    ['importe_neto', 'money', 'revenue'],
    ['cajero', 'code', 'seller'],
  ],
  'orders of a web shop': [
    ['order.number', 'id', 'sale'],
    ['order.placed_on', 'date', 'soldAt'],
    ['shop.id', 'code', 'store'],
    ['items.sku', 'product', 'product'],
    ['items.title', 'name', 'productName'],
    ['items.qty', 'pieces', 'quantity'],
    ['items.amount', 'money', 'revenue'],
  ],
}

describe('what columns are for, by their names', () => {
  for (const [what, columns] of Object.entries(exports))
    it(`is known of ${what}`, () => {
      const rows = [0, 1, 2, 3].map(row => columns.map(([, kind]) => cells[kind][row] ?? ''))
      const profiles = profileColumns(
        columns.map(([header]) => header),
        rows,
        { decimal: '.', thousands: '' },
      )
      const guessed = new Map([...guessRoles(profiles)].map(([role, { name }]) => [name, role]))
      expect(columns.map(([header]) => [header, guessed.get(header)])).to.deep.equal(
        columns.map(([header, , role]) => [header, role]),
      )
    })
})
